// How a kind of database spells names, and the small expressions that planning
// is made of: operations ask for them and hold no SQL of their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace segue::db {

// Pure, stateless and thread-safe. What is not pure virtual is standard SQL.
class Spelling {
 public:
  virtual ~Spelling() = default;

  // The name as an identifier, whatever characters and words it consists of.
  virtual std::string Name(const std::string& identifier) const = 0;

  // The value of `expression` as one of `type`.
  virtual std::string Cast(const std::string& expression,
                           const std::string& type) const;

  // The value of `column` for another column of `type`. Nothing of it is cut
  // off: what the type cannot hold raises, at the latest when it is stored.
  virtual std::string Converted(const std::string& column,
                                const std::string& type) const;

  // The condition that the column has a value.
  virtual std::string IsNotNull(const std::string& column) const;
  // The same, which also holds for the rows that are marked because `up`
  // failed on them, as the motion's provenance column says.
  virtual std::string IsNotNullOrMarked(const std::string& column,
                                        const std::string& provenance) const;

  // What `check` has to be while motions with these provenance columns fill
  // columns that it reads: it lets a row pass on which their triggers are still
  // at work. nullopt: the triggers run before the checks of a row, so that the
  // check can be as it is.
  virtual std::optional<std::string> GuardedCheck(
      const std::string& check,
      const std::vector<std::string>& provenance) const;

  // Inserts a row that has its default in every column.
  virtual std::string InsertDefaults(const std::string& table) const;
};

}  // namespace segue::db
