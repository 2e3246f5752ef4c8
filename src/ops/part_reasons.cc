#include "ops/part_reasons.h"

#include <fmt/format.h>

#include "base/text.h"
#include "planning/key_change.h"

namespace segue::ops {
namespace {

// What does not see what is written through the new table, or refuses what is
// in order once the key of the new table is beside it.
std::string WhyUnseen(const schema::Table& table) {
  for (const schema::Trigger& trigger : table.triggers) {
    if (trigger.definition.find("FOR EACH STATEMENT") == std::string::npos) {
      continue;
    }
    return fmt::format(
        "has trigger {} for whole statements, which does not fire for those on "
        "the new table",
        trigger.ToString());
  }
  for (const schema::Index& index : table.indexes) {
    if (!index.primary || !index.deferrable) continue;
    return "has a deferrable primary key, beside which that of the new table "
           "refuses at once what is in order later";
  }
  return "";
}

bool IsPlainNumber(const std::string& default_sql) {
  constexpr std::string_view kEnd = "::regclass)";
  const std::string text = base::ToLower(base::Trim(default_sql));
  return text.starts_with("nextval('") &&
         text.find(kEnd) + kEnd.size() == text.size();
}

// A part numbers what is inserted through the new table with a trigger, which
// cannot tell NULL from a value that was left out, and fires last.
std::string WhyNotNumbered(const schema::Table& table,
                           const schema::Column& column) {
  const std::string begin = fmt::format("numbers column '{}' ", column.name);
  if (!IsPlainNumber(column.default_sql.value_or(""))) {
    return begin + fmt::format(
                       "by {}, which is more than a number of a "
                       "sequence",
                       column.default_sql.value_or(""));
  }
  if (column.nullable) {
    return begin + "and takes NULL there, which would become a number";
  }
  for (const schema::Trigger& trigger : table.triggers) {
    if (trigger.definition.find(" BEFORE INSERT") == std::string::npos) {
      continue;
    }
    return begin + fmt::format(
                       "and has trigger {}, which would see NULL there "
                       "in rows that are inserted into the new table",
                       trigger.ToString());
  }
  return "";
}

std::string WhyNotColumn(const schema::Table& table,
                         const schema::Column& column) {
  if (column.identity != schema::Identity::kNone) {
    return fmt::format(
        "has the identity column '{}', and a part of a table has none of its "
        "own",
        column.name);
  }
  if (!column.generated_sql.empty()) {
    return fmt::format("has the generated column '{}', which is not merged yet",
                       column.name);
  }
  if (!column.unproven_not_null.empty()) {
    return fmt::format("may have NULL in '{}', whose NOT NULL is not validated",
                       column.name);
  }
  return IsNumbered(column) ? WhyNotNumbered(table, column) : "";
}

}  // namespace

std::string WhyNoPart(const schema::Table& table) {
  std::string why = WhyUnseen(table);
  for (const schema::Column& column : table.columns) {
    if (why.empty()) why = WhyNotColumn(table, column);
  }
  return why;
}

}  // namespace segue::ops
