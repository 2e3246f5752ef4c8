// A SQLite database with versions, and clients that see them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {

class SqliteVersionsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = Access::kVersioned;
    migrator_.emplace(*database_, options);
  }

  Migrator& migrator() { return *migrator_; }
  Database& database() { return *database_; }
  void Start(const std::string& file, const std::string& operations) {
    migrator_->Start(
        manifest::Parse("operations: [" + operations + "]", file + ".yaml"));
  }
  // Through to the end, so that `file` is the version everybody is on.
  void Reach(const std::string& file, const std::string& operations) {
    Start(file, operations);
    migrator_->Complete();
  }
  std::unique_ptr<Client> On(const std::string& version) {
    return db().NewVersionClient(version);
  }
  // The tables themselves.
  std::string Base(const std::string& sql) { return ToLines(db().Query(sql)); }
  static std::string Ask(Client& client, const std::string& sql) {
    return ToLines(client.Query(sql));
  }

 private:
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

}  // namespace segue::test
