// Application instances register, show signs of life and are forgotten.
#include "segue/instances.h"

#include <gmock/gmock.h>

#include <thread>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class InstancesTest : public DialectTest {
 protected:
  template <typename Work>
  std::string Failure(ErrorKind kind, const Work& work) {
    const Error error = ThrownBy(work);
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  // "base" and "01_t" are versions from then on.
  void Start(Database& database) {
    db().Exec("CREATE TABLE t (id integer PRIMARY KEY)");
    Migration migration("01_t", "");
    migration.AddColumn("t", {"n", "TEXT"});
    Migrator(database, {}).Start(migration);
  }
  std::string Table() { return can().ledger_prefix + "instance"; }
  void Pass(int time) {
    db().Exec("UPDATE " + Table() + " SET seen = seen - " +
              std::to_string(time) + ", expires = expires - " +
              std::to_string(time));
  }
};

TEST_P(InstancesTest, RegistersAnewWithAnotherVersion) {
  Database database = db().Open();
  Start(database);
  Instances instances(database);
  EXPECT_TRUE(instances.List().empty());
  const InstanceInfo first = instances.Register("web-1", "base", seconds(90));
  EXPECT_EQ(first.version, "base");
  EXPECT_NEAR(static_cast<double>(first.expires_in), 90, 10);
  EXPECT_TRUE(first.live());
  instances.Register("web-1", "01_t");
  ASSERT_EQ(instances.List().size(), 1U);
  EXPECT_EQ(instances.List()[0].version, "01_t");
  EXPECT_TRUE(instances.Remove("web-1"));
  EXPECT_FALSE(instances.Remove("web-1"));
}

TEST_P(InstancesTest, AHeartbeatProlongsByTheTimeToLive) {
  Database database = db().Open();
  Instances instances(database);
  instances.Register("web-1", "base", seconds(30));
  Pass(20);
  EXPECT_NEAR(static_cast<double>(instances.List()[0].expires_in), 10, 5);
  EXPECT_NEAR(static_cast<double>(instances.Heartbeat("web-1").expires_in), 30,
              5);
}

TEST_P(InstancesTest, SilenceAndStrangers) {
  Database database = db().Open();
  Start(database);
  Instances instances(database);
  EXPECT_THAT(
      Failure(ErrorKind::kNotFound, [&] { instances.Heartbeat("nobody"); }),
      HasSubstr("instance 'nobody' is not registered"));
  instances.Register("web-1", "base", seconds(1));
  Pass(10);
  EXPECT_FALSE(instances.List()[0].live());
  EXPECT_THAT(
      Failure(ErrorKind::kNotFound, [&] { instances.Heartbeat("web-1"); }),
      HasSubstr("instance 'web-1' expired"));
  EXPECT_TRUE(instances.Register("web-1", "01_t").live());
}

TEST_P(InstancesTest, RefusesWhatNamesNothing) {
  Database database = db().Open();
  Instances instances(database);
  for (const std::string& bad :
       {std::string(), std::string("a\nb"), std::string(201, 'x')}) {
    Failure(ErrorKind::kUsage, [&] { instances.Register(bad, "base"); });
    Failure(ErrorKind::kUsage, [&] { instances.Register("a", bad); });
  }
  for (const seconds ttl : {seconds(0), seconds(-1), seconds(86'401)}) {
    Failure(ErrorKind::kUsage, [&] { instances.Register("a", "base", ttl); });
  }
  EXPECT_TRUE(instances.List().empty());
}

TEST_P(InstancesTest, RefusesAVersionThatIsNotKnown) {
  Database database = db().Open();
  Instances instances(database);
  const Error none = ThrownBy([&] { instances.Register("a", "01_t"); });
  EXPECT_EQ(none.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(none.hint(), "known are base");
  Start(database);
  const Error error = ThrownBy([&] { instances.Register("a", "01_tt"); });
  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_EQ(error.what(), "no version of schema '" + database.schema() +
                              "' is called '01_tt'; did you mean '01_t'?");
  EXPECT_EQ(error.hint(), "known are 01_t, base");
  EXPECT_EQ(ThrownBy([&] { instances.Register("a", "2"); }).kind(),
            ErrorKind::kNotFound);
  EXPECT_TRUE(instances.List().empty());
}

// Also with the ledger still to be created.
TEST_P(InstancesTest, TwoAtTheSameInstant) {
  const auto work = [&](const std::string& version) {
    Database database = db().Open();
    for (int i = 0; i < 20; ++i) {
      Instances(database).Register("web-1", version, seconds(60),
                                   VersionNames::kKnownOrNumber);
    }
  };
  std::thread other(work, "1");
  work("2");
  other.join();
  Database database = db().Open();
  const auto all = Instances(database).List();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].version == "1" || all[0].version == "2");
}

SEGUE_INSTANTIATE(InstancesTest);

}  // namespace
}  // namespace segue::test
