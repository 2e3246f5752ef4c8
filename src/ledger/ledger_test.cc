// The statements that the ledger sends to a database, whichever database it is.
#include "ledger/ledger.h"

#include <gmock/gmock.h>

#include <regex>

#include "ledger/control.h"
#include "ledger/observations.h"
#include "ledger/versions.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::engine {
namespace {

// A connection that answers every statement with no rows.
class Recorder : public db::Connection {
 public:
  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override {
    sent.push_back({std::string(sql), parameters.size()});
    return {};
  }
  void ExecuteScript(std::string_view /*sql*/) override {}
  void Begin(const db::TransactionOptions& /*options*/) override {}
  void Commit() override {}
  void Rollback() noexcept override {}
  void Interrupt() noexcept override {}
  std::string SessionId() override { return "1"; }
  bool alive() const override { return true; }

  std::vector<std::pair<std::string, std::size_t>> sent;
};

// Returns the placeholders "$1 $2 ..." in the order of the statement.
std::string Placeholders(const std::string& sql) {
  static const std::regex kPlaceholder(R"(\$\d+)");
  std::string all;
  for (auto at = std::sregex_iterator(sql.begin(), sql.end(), kPlaceholder);
       at != std::sregex_iterator(); ++at) {
    all += at->str() + " ";
  }
  return all;
}

std::string InOrder(std::size_t count) {
  std::string all;
  for (std::size_t i = 1; i <= count; ++i) all += "$" + std::to_string(i) + " ";
  return all;
}

class LedgerSqlTest : public ::testing::Test {
 protected:
  void TearDown() override {
    EXPECT_FALSE(connection_.sent.empty());
    for (const auto& [sql, count] : connection_.sent) {
      EXPECT_EQ(Placeholders(sql), InOrder(count)) << sql;
    }
  }

  test::FakeDialect dialect_;
  Ledger ledger_{dialect_, "public", "somebody", std::chrono::seconds(30)};
  Recorder connection_;
};

TEST_F(LedgerSqlTest, OfMigrationsUsesParametersInOrderAndOnce) {
  MigrationRow row;
  row.id = "01_first";
  ledger_.Load(connection_, row.id);
  ledger_.Active(connection_);
  ledger_.Newest(connection_);
  ledger_.Folded(connection_, row.id);
  ledger_.Create(connection_, row);
  ledger_.SetPhase(connection_, row.id, Phase::kExpanding, SubState::kNone);
  ledger_.SetError(connection_, row.id, "failed");
}

TEST_F(LedgerSqlTest, OfStepsAndEventsUsesParametersInOrderAndOnce) {
  Plan plan;
  ledger_.SetState(connection_, "01_first", 0, 1, ActionState::kRunning);
  ledger_.StateOf(connection_, "01_first", 0, 1);
  ledger_.LoadStates(connection_, "01_first", plan);
  ledger_.ForgetStep(connection_, "01_first", 0);
  ledger_.AddEvent(connection_, "01_first", EventKind::kNote, "a note");
  ledger_.Events(connection_, "01_first");
  ledger_.Events(connection_, "");
}

TEST_F(LedgerSqlTest, OfWalksUsesParametersInOrderAndOnce) {
  ledger_.SaveMotion(connection_, "01_first", "m", "backfill", {});
  ledger_.LoadMotion(connection_, "01_first", "m", "backfill");
  ledger_.ForgetMotion(connection_, "01_first", "m", "backfill");
}

TEST_F(LedgerSqlTest, OfObservationsUsesParametersInOrderAndOnce) {
  const Observations seen(ledger_);
  seen.Save(connection_, "01_first", ObservationKind::kGauge, "users", {});
  seen.Load(connection_, "01_first", ObservationKind::kGauge, "users");
  seen.Forget(connection_, "01_first", ObservationKind::kGauge, "users");
}

TEST_F(LedgerSqlTest, OfControlAndVersionsUsesParametersInOrderAndOnce) {
  Controls(ledger_).Load(connection_);
  Controls(ledger_).Ask(connection_, {});
  Controls(ledger_).Allow(connection_, {});
  PublishedVersions(ledger_).Add(connection_, "01_first", "public_01_first");
  PublishedVersions(ledger_).All(connection_);
  PublishedVersions(ledger_).RetireOthers(connection_, "01_first", {});
  PublishedVersions(ledger_).Retire(connection_, {});
}

}  // namespace
}  // namespace segue::engine
