// A database that an earlier segue left in the middle of a migration; see
// tests/fixtures/format1/README.md.
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

  // "rename": what is migrated, and "backfill": where it was left.
  std::string migration() const { return name.substr(0, name.find('_')); }
  std::string state() const { return name.substr(name.find('_') + 1); }
  // Only forward.
  bool dropped() const { return state() == "dropped"; }
  // Only back: its runner died while it rolled back.
  bool half_undone() const;

  // As it was left.
  std::unique_ptr<TestDatabase> Restore() const;
  // The same tables and rows before the migration began.
  std::unique_ptr<TestDatabase> Before() const;
  // The migration as its file, or its builder, says.
  Migration Load() const;
  Access access() const;
  // What applications of both versions wrote while it was live.
  std::string Writes() const;
};

// Of every kind of database that has some.
std::vector<Fixture> Fixtures();

void PrintTo(const Fixture& fixture, std::ostream* out);

}  // namespace segue::test
