// The terms of a motion in SQL, which the triggers and the backfill share:
// names of the functions and triggers, calls of the expressions, comparisons by
// bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/motion.h"

namespace segue::postgres {

// Returns the name of a motion among those of all schemas of the database.
std::string NameInDatabase(const std::string& schema,
                           const std::string& motion);
// Returns the name of a function that belongs to one schema and one motion:
// qualified, quoted, and within the limit of the server.
std::string FunctionName(const std::string& prefix, const std::string& schema,
                         const std::string& motion);

// The names of the objects that serve one motion in the database.
class MotionNames {
 public:
  // `schema` is the schema of the motion's table, and `motion` is the motion's
  // id. All schemas of a database share the schema that the functions are in,
  // and the same file may be run in each of them.
  MotionNames(const std::string& schema, std::string motion);

  // These return qualified and quoted names of functions.
  std::string UpFunction() const { return Function("up_"); }
  std::string DownFunction() const { return Function("down_"); }
  std::string OldDefaultFunction() const { return Function("old_default_"); }
  std::string NewDefaultFunction() const { return Function("new_default_"); }
  std::string TriggerFunction() const { return Function("sync_"); }
  std::string MarkFunction() const { return Function("mark_"); }
  // These return unquoted names of triggers, which sort after every name that
  // begins with an ASCII letter.
  std::string InsertTrigger() const { return Trigger("_ins"); }
  std::string UpdateTrigger() const { return Trigger("_upd"); }
  // Runs where a statement names the column, of a motion of NULLs.
  std::string SetTrigger() const { return Trigger("_set"); }
  // Those of a motion with a lookup, which carry writes over at once, and once
  // more when the transaction commits.
  std::string GiveFunction() const { return Function("give_"); }
  std::string TakeFunction() const { return Function("take_"); }
  std::string LookFunction() const { return Function("look_"); }
  std::string TakeAgainFunction() const { return Function("again_"); }
  std::string GiveTrigger(const std::string& event) const {
    return Trigger(("_give_" + event).c_str());
  }
  std::string TakeTrigger(const std::string& event) const {
    return Trigger(("_take_" + event).c_str());
  }
  std::string AgainTrigger(const std::string& event) const {
    return Trigger(("_again_" + event).c_str());
  }

 private:
  std::string Function(const char* prefix) const;
  std::string Trigger(const char* suffix) const;

  const std::string schema_;
  const std::string motion_;
};

class MotionTerms : public MotionNames {
 public:
  // `form` is the form of the triggers, which decides whether rows are marked.
  // `motion` must outlive the terms.
  explicit MotionTerms(const plan::ColumnMotion& motion,
                       plan::SyncForm form = plan::SyncForm::kLive);

  const plan::ColumnMotion& motion() const { return motion_; }
  plan::SyncForm form() const { return form_; }
  bool has_old() const { return motion_.old_column.has_value(); }
  bool has_new() const { return motion_.new_column.has_value(); }
  const schema::Column& old_column() const { return *motion_.old_column; }
  const schema::Column& new_column() const { return *motion_.new_column; }

  // False when the expression is only a column of the target's own type, which
  // is then copied without a function.
  bool UpNeedsFunction() const;
  bool DownNeedsFunction() const;

  // True when rows on which `up` (or `down`) fails are marked. An old column
  // that takes no NULL cannot be marked, because it would have no value.
  bool MarksUp() const;
  bool MarksDown() const;

  // Return `row`."column"; `row` is "NEW", "OLD" or the alias of a table.
  std::string Old(const std::string& row) const;
  std::string New(const std::string& row) const;
  std::string Provenance(const std::string& row) const;
  // Return the value of the expression for the columns of `row`.
  std::string Up(const std::string& row) const;
  std::string Down(const std::string& row) const;

  // Return conditions on OLD and NEW of an update; "false" when there are no
  // such columns. Columns that belong to neither side but occur in an
  // expression are "shared".
  std::string OldSideChanged() const { return Changed(old_side_); }
  std::string NewSideChanged() const { return Changed(new_side_); }
  std::string SharedChanged() const { return Changed(shared_); }
  bool has_shared() const { return !shared_.empty(); }
  bool has_old_side() const { return !old_side_.empty(); }

  // Returns the key of `row` as the log of errors has it: '[5, "a"]', or '[]'
  // for a table without a key.
  std::string LogKey(const std::string& row) const;

 private:
  struct Source {
    std::string column;
    std::string type;
    std::string collation;
  };

  std::string Changed(const std::vector<Source>& sources) const;
  void AddSources(const plan::Expression& expression,
                  std::vector<Source>& sources) const;
  bool IsSide(const std::string& column) const;

  bool MarksNow() const;

  const plan::ColumnMotion& motion_;
  plan::SyncForm form_;
  std::vector<Source> old_side_;
  std::vector<Source> new_side_;
  std::vector<Source> shared_;
};

// Returns the expression of a file in brackets. The line break ends a comment.
std::string Bracketed(const std::string& sql);

// Returns the value of an expression of a file over this row. A sub-select
// binds its names.
std::string BoundSql(const std::string& sql,
                     const std::vector<plan::Binding>& bindings,
                     const std::string& row);

// True when the expression is only a column of the target's own type.
bool IsCopy(const plan::Expression& expression, const schema::Column& target);
// Returns a call of `function` with the columns of `row` that the expression
// reads.
std::string Call(const std::string& function,
                 const plan::Expression& expression, const std::string& row);

// Returns a condition that is true in a session of the new version, which
// breaks the tie when neither side is given. The motion must have
// `new_versions`.
std::string NewWriter(const plan::ColumnMotion& motion);

// Returns the value as the column stores it: the result of a function has no
// length.
std::string Cast(const std::string& value, const schema::Column& column);

// Returns a condition that is true when `a` and `b`, both of `type`, differ in
// any byte.
std::string Differs(const std::string& a, const std::string& b,
                    const std::string& type, const std::string& collation);
// Returns a condition that is true when `a` and `b` have the same bytes.
std::string Identical(const std::string& a, const std::string& b,
                      const std::string& type, const std::string& collation);

}  // namespace segue::postgres
