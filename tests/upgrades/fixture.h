// A database that an earlier segue left in the middle of a migration, as
// tests/fixtures/format1/README.md describes.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "segue/migration.h"
#include "tests/support/testbed.h"

namespace segue::test {

struct Fixture {
  Testbed testbed;
  std::string name;  // "rename_backfill"

  // The name has two parts: "rename" is what is migrated, and "backfill" is
  // where the migration was left.
  std::string migration() const { return name.substr(0, name.find('_')); }
  std::string state() const { return name.substr(name.find('_') + 1); }
  // True when the migration can only go forward.
  bool dropped() const { return state() == "dropped"; }
  // True when the migration can only go back, because its runner died while it
  // rolled back.
  bool half_undone() const;

  // Returns the database as it was left.
  std::unique_ptr<TestDatabase> Restore() const;
  // Returns a database with the same tables and rows before the migration
  // began.
  std::unique_ptr<TestDatabase> Before() const;
  // Returns the migration as its file, or its builder, says.
  Migration Load() const;
  Access access() const;
  // Returns what applications of both versions wrote while the migration was
  // live.
  std::string Writes() const;
};

// Returns the fixtures of every kind of database that has some.
std::vector<Fixture> Fixtures();

void PrintTo(const Fixture& fixture, std::ostream* out);

}  // namespace segue::test
