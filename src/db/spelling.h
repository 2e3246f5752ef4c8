// How a kind of database spells names and the small expressions of planning.
// Operations ask for these and hold no SQL of their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::db {

// A spelling is pure, stateless and thread-safe. The methods that are not pure
// virtual return standard SQL.
class Spelling {
 public:
  virtual ~Spelling() = default;

  // Returns the name as an identifier, whatever characters it has.
  virtual std::string Name(const std::string& identifier) const = 0;

  // Returns an expression for the value of `expression` as a value of `type`.
  virtual std::string Cast(const std::string& expression,
                           const std::string& type) const;

  // Returns an expression for the value of `column` for another column of
  // `type`. It cuts nothing off: a value that the type cannot hold raises an
  // error, at the latest when it is stored.
  virtual std::string Converted(const std::string& column,
                                const std::string& type) const;

  // Returns the condition that `value`, which has the type `type`, equals
  // `stored`, a value of `column`.
  virtual std::string Equals(const std::string& stored,
                             const schema::Column& column,
                             const std::string& value,
                             const std::string& type) const;

  // Returns the condition that the column has a value.
  virtual std::string IsNotNull(const std::string& column) const;
  // Returns the same condition, which is also true for the rows that are marked
  // because `up` failed on them, as the motion's provenance column tells.
  virtual std::string IsNotNullOrMarked(const std::string& column,
                                        const std::string& provenance) const;

  // Returns the form of `check` for the time in which motions with these
  // provenance columns fill columns that it reads: it accepts a row on which
  // their triggers are still at work. nullopt: the triggers run before the
  // checks of a row, so the check needs no other form.
  virtual std::optional<std::string> GuardedCheck(
      const std::string& check,
      const std::vector<std::string>& provenance) const;

  // Returns a statement that inserts a row with the default in every column.
  virtual std::string InsertDefaults(const std::string& table) const;
};

}  // namespace segue::db
