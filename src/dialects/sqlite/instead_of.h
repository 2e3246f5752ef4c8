// INSTEAD OF triggers, which turn a write of a view into the same write of the
// table or view under it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "plan/planned.h"

namespace segue::sqlite {

// A view, its target (the table or view under it), and how they correspond.
struct InsteadOf {
  struct Column {
    std::string shown;   // its name in the view
    std::string target;  // its name in the target
    std::optional<std::string> default_sql;
    bool generated = false;
    bool required = false;  // an INSERT that gives no value is refused
  };

  std::string view;
  std::string target;
  bool temporary = false;  // the view is a TEMP view
  std::vector<Column> columns;
  // The shown columns of the target that identify a row; empty: `rowid` does.
  std::vector<std::string> key;
  // The target's name for its rowid. A write takes one of the rows that look
  // the same, unless the view shows the rowid too, under the name
  // `shown_rowid`.
  std::string rowid;
  std::string shown_rowid;
  // The columns to compare first when all columns are compared, because an
  // index may be over them.
  std::vector<std::string> hints;
  // The reason why the view takes no writes; empty: it takes writes as the
  // members above say.
  std::string refusal;
  // The condition, over the columns of the target, of the rows that the view
  // shows, and its name for applications; empty: all.
  std::string where = {};
  std::string shown = {};
  // The provenance columns that an INSERT sets to kNewVersionWrites.
  std::vector<plan::VersionView::Mark> marks;

  // Returns the column with this name in the target; nullptr when the view does
  // not show it.
  const Column* ByTarget(const std::string& name) const;
};

// This value in the provenance column says that the new version is inserting
// the row. The trigger of the motion replaces it in the same statement.
inline constexpr char kNewVersionWrites[] = "-9";

// Returns the refusal of a view of several tables, under the name that the view
// has for applications.
std::string TakesNoWrites(const std::string& shown);

// Returns CREATE TRIGGER for INSERT, UPDATE and DELETE.
std::vector<Statement> InsteadOfTriggers(const InsteadOf& view);

// These return edits of sqlite_schema that remove a motion's mark from the
// triggers that set it, and put it back. An edit works on the text as it is
// when the statement runs, because columns may have been renamed meanwhile.
std::string WithoutMarkSql(const plan::VersionView::Mark& mark);
std::string WithMarkSql(const plan::VersionView::Mark& mark);

}  // namespace segue::sqlite
