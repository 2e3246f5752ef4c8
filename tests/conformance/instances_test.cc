// Application instances register, show signs of life and are forgotten.
#include "segue/instances.h"

#include <gmock/gmock.h>

#include <thread>

#include "segue/error.h"
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
  std::string Table() { return can().ledger_prefix + "instance"; }
  void Pass(int time) {
    db().Exec("UPDATE " + Table() + " SET seen = seen - " +
              std::to_string(time) + ", expires = expires - " +
              std::to_string(time));
  }
};

TEST_P(InstancesTest, RegistersAnewWithAnotherVersion) {
  Database database = db().Open();
  Instances instances(database);
  EXPECT_TRUE(instances.List().empty());
  const InstanceInfo first = instances.Register("web-1", "1", seconds(90));
  EXPECT_EQ(first.version, "1");
  EXPECT_NEAR(static_cast<double>(first.expires_in), 90, 1);
  EXPECT_TRUE(first.live());
  instances.Register("web-1", "2");
  ASSERT_EQ(instances.List().size(), 1U);
  EXPECT_EQ(instances.List()[0].version, "2");
  EXPECT_TRUE(instances.Remove("web-1"));
  EXPECT_FALSE(instances.Remove("web-1"));
}

TEST_P(InstancesTest, AHeartbeatProlongsByTheTimeToLive) {
  Database database = db().Open();
  Instances instances(database);
  instances.Register("web-1", "1", seconds(30));
  Pass(20);
  EXPECT_NEAR(static_cast<double>(instances.List()[0].expires_in), 10, 1);
  EXPECT_NEAR(static_cast<double>(instances.Heartbeat("web-1").expires_in), 30,
              1);
}

TEST_P(InstancesTest, SilenceAndStrangers) {
  Database database = db().Open();
  Instances instances(database);
  EXPECT_THAT(
      Failure(ErrorKind::kNotFound, [&] { instances.Heartbeat("nobody"); }),
      HasSubstr("instance 'nobody' is not registered"));
  instances.Register("web-1", "1", seconds(1));
  Pass(10);
  EXPECT_FALSE(instances.List()[0].live());
  EXPECT_THAT(
      Failure(ErrorKind::kNotFound, [&] { instances.Heartbeat("web-1"); }),
      HasSubstr("instance 'web-1' expired"));
  EXPECT_TRUE(instances.Register("web-1", "2").live());
}

TEST_P(InstancesTest, RefusesWhatNamesNothing) {
  Database database = db().Open();
  Instances instances(database);
  for (const std::string& bad :
       {std::string(), std::string("a\nb"), std::string(201, 'x')}) {
    Failure(ErrorKind::kUsage, [&] { instances.Register(bad, "1"); });
    Failure(ErrorKind::kUsage, [&] { instances.Register("a", bad); });
  }
  for (const seconds ttl : {seconds(0), seconds(-1), seconds(86'401)}) {
    Failure(ErrorKind::kUsage, [&] { instances.Register("a", "1", ttl); });
  }
  EXPECT_TRUE(instances.List().empty());
}

// Also with the ledger still to be created.
TEST_P(InstancesTest, TwoAtTheSameInstant) {
  const auto work = [&](const std::string& version) {
    Database database = db().Open();
    for (int i = 0; i < 20; ++i) {
      Instances(database).Register("web-1", version);
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
