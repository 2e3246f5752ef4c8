// Each text case on each database and access: start, roll back, start again
// with both versions at work, roll back; and once more to the end.
#include <gtest/gtest.h>

#include "base/text.h"
#include "manifest/manifest.h"
#include "ops/registry.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/built.h"
#include "tests/support/case_file.h"
#include "tests/support/sql_lint.h"
#include "tests/support/stages.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

struct CaseParam {
  CaseFile file;
  Testbed testbed;
  Access access;
};

void PrintTo(const CaseParam& param, std::ostream* out) {
  *out << param.file.path;
}

bool Concerns(const std::string& access, Access current) {
  return access.empty() || access == ToString(current);
}

std::vector<CaseParam> Params() {
  std::vector<CaseParam> params;
  for (const CaseFile& file : ReadCases(SourceDir() + "/tests/cases")) {
    for (const Testbed& testbed : Testbeds()) {
      for (Access access : {Access::kInPlace, Access::kVersioned}) {
        if (testbed.TakesPart(file.only) && Concerns(file.access, access)) {
          params.push_back({file, testbed, access});
        }
      }
    }
  }
  return params;
}

std::string NameOf(const ::testing::TestParamInfo<CaseParam>& info) {
  return info.param.file.name + "_" + info.param.testbed.name + "_" +
         std::string(ToString(info.param.access));
}

// "t.name text not null default 'x'"; PostgreSQL's casts of a default are its
// own business.
std::string Describe(const schema::Table& table, const schema::Column& column) {
  std::string text =
      table.name.name + "." + column.name + " " + base::ToLower(column.type);
  if (!column.nullable) text += " not null";
  if (column.default_sql) {
    const std::string& sql = *column.default_sql;
    text += " default " + sql.substr(0, sql.find("::"));
  }
  return text;
}

// One fresh database with the case's tables, and a migrator at work on it.
class Stage {
 public:
  explicit Stage(const CaseParam& param)
      : param_(param), db_(param.testbed.fresh()) {
    db_->Exec(param.file.SetupFor(param.testbed.dialect));
    database_.emplace(db_->Open());
    MigratorOptions options;
    options.access = param.access;
    // The file asks for what it drops.
    options.accept_unknown = {"foreign_keys"};
    migrator_.emplace(*database_, options);
  }

  Migrator& migrator() { return *migrator_; }
  Outcome Start() {
    Outcome outcome = migrator_->Start(
        manifest::Parse(param_.file.migration, "01_case.yaml"));
    ExpectStages(outcome.plan);
    ExpectTried(outcome);
    // Nothing that is missing may be said of what nobody else has touched.
    EXPECT_EQ(base::Join(outcome.status.missing, "; "), "");
    EXPECT_EQ(base::Join(outcome.status.grants, "; "), "");
    return outcome;
  }

  // What it is like now, for the two that follow.
  void Remember() {
    catalogue_ = db_->Dump();
    data_ = db_->Data();
  }
  void ExpectCatalogueAsBefore() { EXPECT_EQ(db_->Dump(), catalogue_); }
  void ExpectDataAsBefore() { EXPECT_EQ(db_->Data(), data_); }

  // A database without schemas finds a function in one place only.
  void ExpectQualified() {
    if (!db_->dialect().capabilities().has_schemas) return;
    const std::string own = base::ToLower(
        param_.file.SetupFor(param_.testbed.dialect) + param_.file.migration);
    EXPECT_EQ(UnqualifiedFunctions(*db_, own), std::set<std::string>());
  }

  // Nothing of the migration's own may be left when it is over.
  void ExpectNoTraces() {
    const std::string dump = db_->Dump();
    EXPECT_EQ(dump.find("_segue"), std::string::npos) << dump;
    EXPECT_EQ(dump.find("~segue"), std::string::npos) << dump;
  }

  void ExpectColumns() {
    if (!param_.file.columns) return;
    std::unique_ptr<db::Connection> connection = db_->Connect();
    const db::Dialect& dialect = db_->dialect();
    schema::Schema schema =
        dialect.Inspect(*connection, dialect.capabilities().default_schema);
    std::vector<std::string> columns;
    for (const schema::Table& table : schema.tables) {
      for (const schema::Column& column : table.columns) {
        columns.push_back(Describe(table, column));
      }
    }
    EXPECT_EQ(base::Join(columns, "\n"),
              base::Join(*param_.file.columns, "\n"));
  }

  void Play(const std::vector<CaseStep>& steps) {
    std::unique_ptr<Client> old_client = db_->NewClient();
    std::unique_ptr<Client> new_client = NewVersion();
    for (const CaseStep& step : steps) {
      if (!param_.testbed.TakesPart(step.only) ||
          !Concerns(step.access, param_.access)) {
        continue;
      }
      SCOPED_TRACE(param_.file.path + ":" + std::to_string(step.line));
      PlayOne(step.as_new ? *new_client : *old_client, step);
    }
  }

 private:
  std::unique_ptr<Client> NewVersion() {
    if (param_.access == Access::kInPlace) return db_->NewClient();
    try {
      return db_->NewVersionClient("latest");
    } catch (const Error&) {
      return db_->NewClient();  // rolled back: there is no version
    }
  }

  void PlayOne(Client& client, const CaseStep& step) {
    if (step.fails) {
      EXPECT_TRUE(client.Fails(step.sql)) << step.sql;
      return;
    }
    try {
      std::string lines = ToLines(client.Query(step.sql));
      if (!step.rows) return;
      std::string wanted = base::Join(*step.rows, "\n");
      EXPECT_EQ(lines, wanted.empty() ? "" : wanted + "\n") << step.sql;
    } catch (const ClientError& error) {
      ADD_FAILURE() << error.what();
    }
  }

  // Every plan is tried before the start. Only 'sql' stays out, where it could
  // reach the tables themselves.
  void ExpectTried(const Outcome& outcome) {
    for (const std::string& note : outcome.notes) {
      const bool of_sql = note.find("what 'sql' runs") != std::string::npos;
      EXPECT_TRUE(of_sql || note.find("not tried") == std::string::npos)
          << note;
    }
  }

  const CaseParam& param_;
  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::string catalogue_;
  std::string data_;
};

class CasesTest : public ::testing::TestWithParam<CaseParam> {
 protected:
  void SetUp() override {
    const Testbed& testbed = GetParam().testbed;
    SEGUE_SKIP_UNLESS_INSTALLED(testbed);
    if (testbed.server_version == nullptr) return;
    if (testbed.server_version() < file().since) {
      GTEST_SKIP() << "from version " << file().since << " on";
    }
  }
  const CaseFile& file() const { return GetParam().file; }

  void ExpectReady(const Outcome& outcome) {
    EXPECT_EQ(ToString(outcome.status.phase),
              ToString(file().complete ? Phase::kComplete : Phase::kMigrating));
    if (file().complete) return;
    EXPECT_EQ(ToString(outcome.status.sub_state), ToString(SubState::kReady));
  }

  void IsRefused() {
    Stage stage(GetParam());
    stage.Remember();
    try {
      stage.Start();
      ADD_FAILURE() << "was not refused";
    } catch (const Error& error) {
      const std::string said = error.what() + (" " + error.hint());
      EXPECT_NE(base::ToLower(said).find(base::ToLower(file().refused)),
                std::string::npos)
          << said;
    }
    stage.ExpectCatalogueAsBefore();
    stage.ExpectDataAsBefore();
  }

  // Twice: what a rollback leaves behind would be in the second start's way.
  void RollsBack() {
    Stage stage(GetParam());
    stage.Remember();
    ExpectReady(stage.Start());
    EXPECT_EQ(stage.migrator().Rollback().status.phase, Phase::kRolledBack);
    stage.ExpectCatalogueAsBefore();
    stage.ExpectDataAsBefore();
    if (HasFailure()) return;
    ExpectReady(stage.Start());
    stage.Play(file().live);
    EXPECT_EQ(stage.migrator().Rollback().status.phase, Phase::kRolledBack);
    stage.ExpectCatalogueAsBefore();
    stage.Play(file().rolled_back);
  }

  void Completes() {
    Stage stage(GetParam());
    ExpectReady(stage.Start());
    stage.ExpectQualified();
    stage.Play(file().live);
    if (!file().complete) {
      VerifyReport report = stage.migrator().Verify();
      EXPECT_TRUE(report.clean()) << base::Join(report.mismatches, ", ");
      EXPECT_TRUE(stage.migrator().Complete().status.is_complete());
    }
    stage.Play(file().after);
    stage.ExpectColumns();
    stage.ExpectNoTraces();
  }
};

TEST_P(CasesTest, StartRollbackStartComplete) {
  try {
    if (!file().refused.empty()) return IsRefused();
    if (!file().complete) RollsBack();
    if (!HasFailure()) Completes();
  } catch (const Error& error) {
    ADD_FAILURE() << error.what() << "\n"
                  << error.sql() << "\n"
                  << base::Join(error.notes(), "\n");
  }
}

// So that what the cases hold of every plan is held for each operation.
TEST(CasesOfOperationsTest, ThereAreSomeOfEveryOperation) {
  std::string all;
  for (const CaseFile& file : ReadCases(SourceDir() + "/tests/cases")) {
    if (file.refused.empty()) all += file.migration;
  }
  for (const ops::RegistryEntry& entry : ops::Registry()) {
    EXPECT_NE(all.find(std::string("- ") + entry.name + ":"), std::string::npos)
        << entry.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CasesTest, ::testing::ValuesIn(Params()), NameOf);

}  // namespace
}  // namespace segue::test
