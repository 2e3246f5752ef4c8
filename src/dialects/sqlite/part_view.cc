#include "dialects/sqlite/part_view.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

using schema::Column;

std::string Field(const char* row, const Column& column) {
  return std::string(row) + "." + Quote(column.name);
}

class PartTriggerSet {
 public:
  PartTriggerSet(const InsteadOf& triggers, const plan::VersionView& view)
      : view_(view),
        published_(Quote(triggers.view)),
        prefix_(triggers.view),
        table_(Quote(triggers.target)) {
    for (const Column& column : view.columns) {
      (IsKey(column) ? key_ : moved_).push_back(&column);
    }
  }

  // The messages are those of SQLite for the table that comes.
  std::string OnInsert() const {
    std::string body;
    for (const Column* column : key_) {
      body += Raise(
          "NOT NULL constraint failed: " + view_.name + "." + column->name,
          Field("NEW", *column) + " IS NULL");
    }
    body += Raise("FOREIGN KEY constraint failed",
                  "NOT EXISTS (" + RowOf("NEW") + ")");
    body += Raise("UNIQUE constraint failed: " + KeyText(),
                  "EXISTS (" + RowOf("NEW") + " AND " + IsTaken() + ")");
    std::vector<std::string> sets;
    for (const Column* column : moved_) {
      sets.push_back(Quote(column->name) + " = " + Inserted(*column));
    }
    return Trigger("INSERT", body + Update(sets, "NEW"));
  }

  std::string OnUpdate() const {
    std::string body;
    for (const Column* column : key_) {
      const std::string now = Field("NEW", *column);
      const std::string then = Field("OLD", *column);
      body +=
          Raise("cannot update column \"" + column->name + "\" of view \"" +
                    view_.name + "\"",
                "NOT (" + now + " IS " + then + " COLLATE BINARY AND typeof(" +
                    now + ") = typeof(" + then + "))");
    }
    std::vector<std::string> sets;
    for (const Column* column : moved_) {
      sets.push_back(Quote(column->name) + " = " + Field("NEW", *column));
    }
    return Trigger("UPDATE", body + Update(sets, "OLD"));
  }

  std::string OnDelete() const {
    std::vector<std::string> sets;
    for (const Column* column : moved_) {
      if (!column->nullable) return Trigger("DELETE", RefuseDelete(*column));
      sets.push_back(Quote(column->name) + " = NULL");
    }
    return Trigger("DELETE", Update(sets, "OLD"));
  }

 private:
  bool IsKey(const Column& column) const {
    return std::any_of(
        view_.key.begin(), view_.key.end(),
        [&](const std::string& name) { return SameName(name, column.name); });
  }

  std::string Trigger(const std::string& event, const std::string& body) const {
    return "CREATE TRIGGER " + Quote(prefix_ + "_" + base::ToLower(event)) +
           " INSTEAD OF " + event + " ON " + published_ + "\nBEGIN\n" + body +
           "END";
  }
  static std::string Raise(const std::string& message,
                           const std::string& condition) {
    return "  SELECT RAISE(ABORT, " + Literal(message) + ") WHERE " +
           condition + ";\n";
  }
  std::string RefuseDelete(const Column& column) const {
    return "  SELECT RAISE(ABORT, " +
           Literal("cannot delete from view \"" + view_.name + "\": column \"" +
                   column.name +
                   "\" of its table takes no "
                   "NULL") +
           ");\n";
  }

  // `alias` is that of the table, with a point, or empty.
  std::string SameKey(const char* row, const std::string& alias) const {
    std::vector<std::string> same;
    for (const Column* column : key_) {
      same.push_back(alias + Quote(column->name) + " = " + Field(row, *column));
    }
    return base::Join(same, " AND ");
  }
  std::string RowOf(const char* row) const {
    return "SELECT 1 FROM " + table_ + " AS r WHERE " + SameKey(row, "r.");
  }
  std::string KeyText() const {
    std::vector<std::string> names;
    for (const Column* column : key_) {
      names.push_back(view_.name + "." + column->name);
    }
    return base::Join(names, ", ");
  }
  // SQLite takes no alias for the table of an UPDATE in a trigger.
  std::string Update(const std::vector<std::string>& sets,
                     const char* row) const {
    return "  UPDATE " + table_ + " SET " + base::Join(sets, ", ") + " WHERE " +
           SameKey(row, "") + ";\n";
  }

  static bool HasDefault(const Column& column) {
    return column.default_sql && base::ToLower(*column.default_sql) != "null";
  }
  // The value of a column that the INSERT leaves out is NULL.
  static std::string Inserted(const Column& column) {
    const std::string value = Field("NEW", column);
    if (!HasDefault(column)) return value;
    return "coalesce(" + value + ", " + DefaultText(*column.default_sql) + ")";
  }
  // A row that has nothing but NULLs, as after a DELETE, or nothing but what an
  // INSERT into the table leaves there, is one that nobody has inserted here.
  std::string IsTaken() const {
    std::vector<std::string> given;
    std::vector<std::string> valued;
    for (const Column* column : moved_) {
      const std::string value = "r." + Quote(column->name);
      const std::string left_out =
          HasDefault(*column) ? DefaultText(*column->default_sql) : "NULL";
      given.push_back(value + " IS NOT " + left_out + " COLLATE BINARY");
      valued.push_back(value + " IS NOT NULL");
    }
    return "(" + base::Join(given, " OR ") + ") AND (" +
           base::Join(valued, " OR ") + ")";
  }

  const plan::VersionView& view_;
  const std::string published_;
  const std::string prefix_;
  const std::string table_;
  std::vector<const Column*> key_;
  std::vector<const Column*> moved_;
};

}  // namespace

std::vector<Statement> PartTriggers(const InsteadOf& triggers,
                                    const plan::VersionView& view) {
  const PartTriggerSet all(triggers, view);
  return {{all.OnInsert(), {}}, {all.OnUpdate(), {}}, {all.OnDelete(), {}}};
}

}  // namespace segue::sqlite
