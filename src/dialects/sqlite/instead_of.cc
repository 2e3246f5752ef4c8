#include "dialects/sqlite/instead_of.h"

#include <algorithm>

#include "base/text.h"
#include "db/url.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

using Mark = plan::VersionView::Mark;

std::string New(const std::string& column) { return "NEW." + Quote(column); }
std::string Old(const std::string& column) { return "OLD." + Quote(column); }

// Compares by bytes and type, because a collation may take two different rows
// for equal.
std::string SameBytes(const std::string& a, const std::string& b) {
  return a + " IS " + b + " COLLATE BINARY AND typeof(" + a + ") = typeof(" +
         b + ")";
}

const std::string kMarkValue = std::string(", ") + kNewVersionWrites;

std::string MarkName(const Mark& mark) { return ", " + Quote(mark.column); }

// A comment that stays in the place of a mark, so that the place is found
// again. It is encoded, so that no name ends it.
std::string NameAnchor(const Mark& mark) {
  return " /* column of " + db::PercentEncode(mark.motion) + " */";
}

std::string ValueAnchor(const Mark& mark) {
  return " /* value of " + db::PercentEncode(mark.motion) + " */";
}

std::string Replace(const std::string& text, const std::string& from,
                    const std::string& to) {
  return "replace(" + text + ", " + Literal(from) + ", " + Literal(to) + ")";
}

std::string EditMarked(const Mark& mark, const std::string& edit) {
  return "UPDATE sqlite_schema SET sql = " + edit +
         " WHERE type = 'trigger' AND instr(sql, " + Literal(NameAnchor(mark)) +
         ") > 0";
}

class TriggerSet {
 public:
  explicit TriggerSet(const InsteadOf& view)
      : view_(view), target_(Quote(view.target)) {}

  std::string Refusing(const char* event) const {
    return Trigger(event,
                   "  SELECT RAISE(ABORT, " + Literal(view_.refusal) + ");\n");
  }

  std::string OnInsert() const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    std::string checks;
    for (const InsteadOf::Column& column : view_.columns) {
      if (column.generated) {
        checks +=
            Refuse("INSERT into", column, New(column.shown) + " IS NOT NULL");
        continue;
      }
      if (column.required) checks += RequireValue(column);
      names.push_back(Quote(column.target));
      values.push_back(Inserted(column));
    }
    std::string marked;
    std::string mark_values;
    for (const Mark& mark : view_.marks) {
      marked += MarkName(mark) + NameAnchor(mark);
      mark_values += kMarkValue + ValueAnchor(mark);
    }
    checks += RefuseTaken();
    return Trigger("INSERT", checks + "  INSERT INTO " + target_ + " (" +
                                 base::Join(names, ", ") + marked +
                                 ") VALUES (" + base::Join(values, ", ") +
                                 mark_values + ");\n" +
                                 RefuseOthers(InsertedRow()));
  }

  std::string OnUpdate() const {
    std::vector<std::string> sets;
    std::string checks;
    for (const InsteadOf::Column& column : view_.columns) {
      if (column.generated) {
        checks += Refuse(
            "UPDATE", column,
            "NOT (" + SameBytes(New(column.shown), Old(column.shown)) + ")");
        continue;
      }
      sets.push_back(Quote(column.target) + " = " + New(column.shown));
    }
    checks += RefuseTaken();
    return Trigger("UPDATE", checks + "  UPDATE " + target_ + " SET " +
                                 base::Join(sets, ", ") + " WHERE " + Row() +
                                 ";\n" + RefuseOthers(RowByKey("NEW.")));
  }

  std::string OnDelete() const {
    return Trigger("DELETE",
                   "  DELETE FROM " + target_ + " WHERE " + Row() + ";\n");
  }

 private:
  std::string Trigger(const std::string& event, const std::string& body) const {
    const std::string schema = view_.temporary ? "temp." : "";
    const std::string name =
        schema + Quote(view_.view + "_" + base::ToLower(event));
    return "CREATE TRIGGER " + name + " INSTEAD OF " + event + " ON " +
           Quote(view_.view) + "\nBEGIN\n" + body + "END";
  }

  // The value of a column that the INSERT leaves out is NULL.
  static std::string Inserted(const InsteadOf::Column& column) {
    const std::string value = New(column.shown);
    if (!column.default_sql) return value;
    if (base::ToLower(*column.default_sql) == "null") return value;
    return "coalesce(" + value + ", " + DefaultText(*column.default_sql) + ")";
  }

  // The value of a column that the INSERT leaves out is NULL, which the final
  // shape refuses.
  std::string RequireValue(const InsteadOf::Column& column) const {
    return "  SELECT RAISE(ABORT, " +
           Literal("NOT NULL constraint failed: " + view_.target + "." +
                   column.shown) +
           ") WHERE " + New(column.shown) + " IS NULL;\n";
  }

  // Raises the error with SQLite's own message.
  static std::string Refuse(const std::string& what,
                            const InsteadOf::Column& column,
                            const std::string& condition) {
    return "  SELECT RAISE(ABORT, " +
           Literal("cannot " + what + " generated column \"" + column.shown +
                   "\"") +
           ") WHERE " + condition + ";\n";
  }

  // Refuses a row that was written and is not one of the view. OR IGNORE may
  // have kept it from being written.
  std::string RefuseOthers(const std::string& row) const {
    if (view_.where.empty()) return "";
    return "  SELECT RAISE(ABORT, " +
           Literal("new row violates check option for view \"" + view_.shown +
                   "\"") +
           ") WHERE changes() > 0 AND NOT EXISTS (SELECT 1 FROM " + target_ +
           " WHERE " + row + " AND (" + view_.where + "));\n";
  }

  // OR REPLACE would delete a row that the view does not show.
  std::string RefuseTaken() const {
    if (view_.where.empty()) return "";
    std::vector<std::string> names;
    for (const std::string& name : view_.key) {
      names.push_back(view_.shown + "." + view_.ByTarget(name)->shown);
    }
    return "  SELECT RAISE(ABORT, " +
           Literal("UNIQUE constraint failed: " + base::Join(names, ", ")) +
           ") WHERE EXISTS (SELECT 1 FROM " + target_ + " WHERE " +
           RowByKey("NEW.") + " AND (" + view_.where + ") IS NOT TRUE);\n";
  }

  std::string InsertedRow() const {
    if (view_.rowid.empty()) return RowByKey("NEW.");
    return Quote(view_.rowid) + " = last_insert_rowid()";
  }

  std::string Row() const {
    if (!view_.key.empty()) return RowByKey("OLD.");
    if (!view_.shown_rowid.empty()) {
      return Quote(view_.rowid) + " = " + Old(view_.shown_rowid);
    }
    return Quote(view_.rowid) + " = (SELECT r." + Quote(view_.rowid) +
           " FROM " + target_ + " AS r WHERE " + SameInAll() + " LIMIT 1)";
  }

  // `row` is "OLD." or "NEW.".
  std::string RowByKey(const std::string& row) const {
    std::vector<std::string> same;
    for (const std::string& name : view_.key) {
      same.push_back(Quote(name) + " = " + row +
                     Quote(view_.ByTarget(name)->shown));
    }
    return base::Join(same, " AND ");
  }

  std::string SameInAll() const {
    std::vector<std::string> same;
    for (const std::string& name : view_.hints) {
      same.push_back("r." + Quote(name) + " IS " +
                     Old(view_.ByTarget(name)->shown));
    }
    for (const InsteadOf::Column& column : view_.columns) {
      same.push_back(SameBytes("r." + Quote(column.target), Old(column.shown)));
    }
    return base::Join(same, " AND ");
  }

  const InsteadOf& view_;
  std::string target_;
};

}  // namespace

const InsteadOf::Column* InsteadOf::ByTarget(const std::string& name) const {
  const auto found = std::find_if(
      columns.begin(), columns.end(),
      [&](const Column& column) { return SameName(column.target, name); });
  return found == columns.end() ? nullptr : &*found;
}

std::string TakesNoWrites(const std::string& shown) {
  return "'" + shown +
         "' takes no writes in this version: its rows come from several tables";
}

std::vector<Statement> InsteadOfTriggers(const InsteadOf& view) {
  const TriggerSet triggers(view);
  if (!view.refusal.empty()) {
    return {{triggers.Refusing("INSERT"), {}},
            {triggers.Refusing("UPDATE"), {}},
            {triggers.Refusing("DELETE"), {}}};
  }
  return {{triggers.OnInsert(), {}},
          {triggers.OnUpdate(), {}},
          {triggers.OnDelete(), {}}};
}

std::string WithoutMarkSql(const Mark& mark) {
  const std::string name = NameAnchor(mark);
  const std::string value = ValueAnchor(mark);
  return EditMarked(mark, Replace(Replace("sql", MarkName(mark) + name, name),
                                  kMarkValue + value, value));
}

std::string WithMarkSql(const Mark& mark) {
  const std::string name = NameAnchor(mark);
  const std::string value = ValueAnchor(mark);
  return EditMarked(mark, Replace(Replace("sql", name, MarkName(mark) + name),
                                  value, kMarkValue + value));
}

}  // namespace segue::sqlite
