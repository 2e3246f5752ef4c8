#include "db/spelling.h"

#include "base/text.h"
#include "plan/motion.h"

namespace segue::db {
namespace {

// A cast to a type with a length cuts off what is too long. After a cast to the
// type without the length, the column itself refuses such a value.
std::string WithoutLength(const std::string& type) {
  const std::string lower = base::ToLower(type);
  for (const char* prefix : {"char", "varchar", "nchar", "nvarchar"}) {
    if (lower.starts_with(prefix)) return "text";
  }
  return lower.starts_with("bit") ? "bit varying" : type;
}

}  // namespace

std::string Spelling::Cast(const std::string& expression,
                           const std::string& type) const {
  return "CAST(" + expression + " AS " + type + ")";
}

std::string Spelling::Converted(const std::string& column,
                                const std::string& type) const {
  return Cast(Name(column), WithoutLength(type));
}

std::string Spelling::Equals(const std::string& stored,
                             const schema::Column& /*column*/,
                             const std::string& value,
                             const std::string& /*type*/) const {
  return stored + " = " + value;
}

std::string Spelling::IsNotNull(const std::string& column) const {
  return Name(column) + " IS NOT NULL";
}

std::string Spelling::IsNotNullOrMarked(const std::string& column,
                                        const std::string& provenance) const {
  return IsNotNull(column) + " OR " + Name(provenance) + " = " +
         std::to_string(plan::kUpFailed);
}

std::optional<std::string> Spelling::GuardedCheck(
    const std::string& /*check*/,
    const std::vector<std::string>& /*provenance*/) const {
  return std::nullopt;
}

std::string Spelling::InsertDefaults(const std::string& table) const {
  return "INSERT INTO " + Name(table) + " DEFAULT VALUES";
}

}  // namespace segue::db
