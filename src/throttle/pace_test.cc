// Replays series of readings and checks bounds on what the controller does.
#include "throttle/pace.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <random>

namespace segue::engine {
namespace {

using db::PaceReason;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr PaceController::Time kStart{std::chrono::hours(1)};

Limit LagLimit() { return {PaceReason::kReplicationLag, "", 1, 5, false}; }

Reading Lag(std::optional<double> value,
            const std::string& subject = "standby1") {
  return {PaceReason::kReplicationLag, subject, value,
          value ? "" : "no answer"};
}

// The result of a series with one reading per second.
struct Replay {
  std::vector<Pace> changes;
  std::vector<double> shares;  // second by second

  double Share(std::size_t from, std::size_t to) const {
    double sum = 0;
    for (std::size_t at = from; at < to; ++at) sum += shares[at];
    return sum / static_cast<double>(to - from);
  }
};

using Series = std::function<std::optional<double>(int second)>;

Replay Play(PaceController& pace, int seconds, const Series& series) {
  Replay replay;
  for (int second = 0; second < seconds; ++second) {
    const auto now = kStart + std::chrono::seconds(second);
    const Pace before = pace.pace();
    const bool changed = pace.Update(now, {Lag(series(second))});
    EXPECT_TRUE(changed || before == pace.pace()) << second;
    if (changed) replay.changes.push_back(pace.pace());
    replay.shares.push_back(pace.pace().share);
  }
  return replay;
}

Replay Play(int seconds, const Series& series) {
  PaceController pace({LagLimit()});
  return Play(pace, seconds, series);
}

TEST(PaceTest, AQuietServerIsNeverSlowed) {
  const Replay replay =
      Play(3600, [](int second) { return second % 7 == 0 ? 0.9 : 0.0; });
  EXPECT_TRUE(replay.changes.empty());
}

TEST(PaceTest, FallsGraduallyBetweenSoftAndHard) {
  const Replay replay = Play(60, [](int) { return 3.0; });
  ASSERT_EQ(replay.changes.size(), 1U);
  EXPECT_EQ(replay.changes[0].share, 0.5);
  EXPECT_EQ(replay.changes[0].reason, PaceReason::kReplicationLag);
  EXPECT_EQ(replay.changes[0].message,
            "replication_lag of standby1 is 3.0 s, limit 1.0 s");
}

TEST(PaceTest, StopsPastHardAndComesBackRungByRung) {
  const Replay replay = Play(
      120, [](int second) { return second >= 5 && second < 20 ? 6.0 : 0.0; });
  std::vector<double> shares;
  for (const Pace& change : replay.changes) shares.push_back(change.share);
  EXPECT_EQ(shares, (std::vector<double>{0.1, 0, 0.1, 0.2, 0.5, 0.75, 1}));
  EXPECT_EQ(replay.changes.back().reason, PaceReason::kNone);
  EXPECT_THAT(replay.changes.back().message, HasSubstr("again"));
  // The pace does not return at once: the signal must have been good for a
  // while.
  EXPECT_EQ(replay.Share(20, 29), 0);
  EXPECT_EQ(replay.shares.back(), 1);
}

TEST(PaceTest, WhatIsBadFromTheStartStopsAtOnce) {
  PaceController pace({LagLimit()});
  pace.Update(kStart, {Lag(6.0)});
  EXPECT_EQ(pace.pace().share, 0);
}

TEST(PaceTest, OneReadingPastHardIsNoStop) {
  const Replay replay =
      Play(60, [](int second) { return second == 20 ? 100.0 : 0.0; });
  for (const Pace& change : replay.changes) EXPECT_GT(change.share, 0);
}

TEST(PaceTest, NoiseAroundSoftIsNotFollowed) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> noise(0.6, 1.4);
  const Replay replay = Play(3600, [&](int) { return noise(random); });
  EXPECT_TRUE(replay.changes.empty());
}

TEST(PaceTest, NoiseAroundHardStaysStopped) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> noise(4, 6);
  const Replay replay = Play(3600, [&](int) { return noise(random); });
  EXPECT_LE(replay.changes.size(), 3U);
  EXPECT_EQ(replay.Share(10, 3600), 0);
}

// The replay ends in a steady pace, which the peaks allow.
TEST(PaceTest, ASawtoothIsNotFollowed) {
  for (const int period : {10, 20, 30, 60}) {
    const Replay replay = Play(
        3600, [&](int second) { return 4.5 * (second % period) / period; });
    EXPECT_LE(replay.changes.size(), 60U) << period;
    EXPECT_GT(replay.Share(600, 3600), 0.05) << period;
  }
}

// The worst signal for a controller is good just long enough for a rise, and
// then bad.
TEST(PaceTest, BoundsTheChangesWhateverTheSignalDoes) {
  for (const int good : {3, 6, 11, 25, 45, 90}) {
    const Replay replay = Play(3600, [&](int second) {
      return second % (good + 3) < good ? 0.0 : 20.0;
    });
    EXPECT_LE(replay.changes.size(), 200U) << good;
  }
  std::mt19937 random(11);
  std::uniform_real_distribution<double> any(0, 8);
  const Replay replay = Play(3600, [&](int) { return any(random); });
  EXPECT_LE(replay.changes.size(), 60U);
}

TEST(PaceTest, ASlowRampGoesDownAndUpTheLadderOnce) {
  const Replay replay = Play(1200, [](int second) {
    return second < 600 ? second / 100.0 : (1200 - second) / 100.0;
  });
  EXPECT_LE(replay.changes.size(), 12U);
  EXPECT_EQ(replay.shares[600], 0);
  EXPECT_EQ(replay.shares.back(), 1);
}

TEST(PaceTest, ASignalThatIsLostCountsAsHard) {
  const Series lost = [](int second) -> std::optional<double> {
    if (second >= 10 && second < 40) return std::nullopt;
    return 0.0;
  };
  const Replay replay = Play(120, lost);
  ASSERT_FALSE(replay.changes.empty());
  EXPECT_EQ(replay.changes[0].share, 0);
  EXPECT_EQ(replay.changes[0].reason, PaceReason::kSignalLost);
  EXPECT_EQ(replay.changes[0].message,
            "replication_lag of standby1 cannot be read any more: no answer");
  EXPECT_EQ(replay.Share(13, 40), 0);
  EXPECT_EQ(replay.shares.back(), 1);
}

TEST(PaceTest, OneReadingMissedIsNothing) {
  const Replay replay = Play(60, [](int second) {
    return second == 20 ? std::nullopt : std::optional<double>(0.0);
  });
  EXPECT_TRUE(replay.changes.empty());
}

TEST(PaceTest, ASignalNeverReadableIsOff) {
  const Replay replay = Play(60, [](int) { return std::nullopt; });
  EXPECT_TRUE(replay.changes.empty());
}

TEST(PaceTest, AStandbyThatIsGoneIsNamed) {
  PaceController pace({LagLimit()});
  pace.Update(kStart, {Lag(0.0, "a"), Lag(0.0, "b")});
  for (int second = 1; second <= 3; ++second) {
    pace.Update(kStart + std::chrono::seconds(second), {Lag(0.0, "a")});
  }
  EXPECT_EQ(pace.pace().share, 0);
  EXPECT_THAT(pace.pace().message, HasSubstr("of b cannot be read any more"));
}

TEST(PaceTest, AStopThatGoesOnForAnotherReasonSaysSo) {
  PaceController pace({LagLimit()});
  for (int second = 0; second < 30; ++second) {
    const double lag = second < 5 ? 9 : 0;
    std::vector<Reading> readings = {Lag(lag, "a")};
    if (second < 5) readings.push_back(Lag(0.0, "b"));
    pace.Update(kStart + std::chrono::seconds(second), readings);
    EXPECT_EQ(pace.pace().share, 0);
  }
  EXPECT_EQ(pace.pace().reason, PaceReason::kSignalLost);
  EXPECT_THAT(pace.pace().message, HasSubstr("of b cannot be read any more"));
}

TEST(PaceTest, TheWorstSubjectDecides) {
  PaceController pace({LagLimit()});
  pace.Update(kStart, {Lag(0.0, "a"), Lag(3.0, "b"), Lag(2.0, "c")});
  EXPECT_EQ(pace.pace().share, 0.5);
  EXPECT_THAT(pace.pace().message, HasSubstr("of b is 3.0 s"));
}

TEST(PaceTest, LimitsMayBeMultiplesOfTheBaseline) {
  PaceController pace({{PaceReason::kProbeLatency, "", 1.5, 3.5, true}});
  const auto probe = [](double seconds) {
    return std::vector<Reading>{{PaceReason::kProbeLatency, "", seconds}};
  };
  pace.Baseline(probe(0.010));
  pace.Baseline(probe(0.030));
  pace.Update(kStart, probe(0.029));
  EXPECT_EQ(pace.pace().share, 1);
  pace.Update(kStart, probe(0.2));
  EXPECT_EQ(pace.pace().share, 0.1);
  EXPECT_THAT(pace.pace().message, HasSubstr("is 200 ms, limit 30 ms"));
}

TEST(PaceTest, AMultipleOfNothingIsNotNothing) {
  PaceController pace({{PaceReason::kReplicationLag, "", 2, 4, true}});
  pace.Baseline({Lag(0.0)});
  pace.Update(kStart, {Lag(0.15)});
  EXPECT_EQ(pace.pace().share, 1);
}

TEST(PaceTest, LessIsWorseWhereSoftIsAboveHard) {
  PaceController pace({{PaceReason::kDiskFree, "", 5e9, 1e9, false}});
  const auto disk = [](double bytes) {
    return std::vector<Reading>{{PaceReason::kDiskFree, "", bytes}};
  };
  pace.Update(kStart, disk(8e9));
  EXPECT_EQ(pace.pace().share, 1);
  for (int i = 0; i < 9; ++i) pace.Update(kStart, disk(3e9));
  EXPECT_EQ(pace.pace().share, 0.5);
  for (int i = 0; i < 2; ++i) pace.Update(kStart, disk(0.9e9));
  EXPECT_EQ(pace.pace().share, 0);
  EXPECT_EQ(pace.pace().message, "disk_free is 900 MB, limit 5.0 GB");
}

TEST(PaceTest, ALimitThatIsOffIsNotLookedAt) {
  PaceController pace({{PaceReason::kReplicationLag, "", HUGE_VAL, HUGE_VAL}});
  for (int i = 0; i < 5; ++i) pace.Update(kStart, {Lag(1e6)});
  for (int i = 0; i < 5; ++i) pace.Update(kStart, {});
  EXPECT_EQ(pace.pace().share, 1);
}

// Whatever the readings are, each share is on the ladder, each stop has a
// reason, and the full pace returns once everything has been good for long.
TEST(PaceTest, AnySeriesEndsAtFullPaceWhenItIsGoodAgain) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> any(0, 10);
    std::bernoulli_distribution unreadable(0.2);
    const Replay replay = Play(1500, [&](int second) -> std::optional<double> {
      if (second >= 300) return 0.2;
      if (unreadable(random)) return std::nullopt;
      return any(random) * (seed % 3 == 0 ? 0.2 : 1);
    });
    for (const Pace& change : replay.changes) {
      EXPECT_EQ(change.share == 1, change.reason == PaceReason::kNone);
      EXPECT_FALSE(change.message.empty());
    }
    EXPECT_EQ(replay.shares.back(), 1) << seed;
    EXPECT_LE(replay.changes.size(), 60U) << seed;
  }
}

TEST(RestTest, KeepsTheShareOfTheTime) {
  const Took took{microseconds(10'000), 1};
  EXPECT_EQ(RestFor(took, 0, 1), milliseconds(0));
  EXPECT_EQ(RestFor(took, 0, 0.5), milliseconds(10));
  EXPECT_EQ(RestFor(took, 1, 0.5), milliseconds(30));
  EXPECT_EQ(RestFor(took, 0, 0), milliseconds(9'990));
  EXPECT_EQ(RestFor({microseconds(1'000'000), 1}, 0, 0), milliseconds(10'000));
}

TEST(RestTest, IsLongerWhereOthersComeInBursts) {
  const microseconds ten(10'000);
  EXPECT_EQ(RestFor({ten, 2}, 0, 0.5), milliseconds(40));
  // The slowness is that of a chunk that waited for one locked row.
  EXPECT_EQ(RestFor({ten, 50}, 0, 0.5), milliseconds(110));
  // The full pace has no rest, because no clients are expected.
  EXPECT_EQ(RestFor({ten, 50}, 0, 1), milliseconds(0));
}

// Those of the earlier server are not missing on the one that took over.
TEST(PaceTest, AnotherServerHasOtherStandbysAndDisks) {
  PaceController pace(
      {LagLimit(), {PaceReason::kDiskFree, "", 5e9, 1e9, false}});
  pace.Update(
      kStart,
      {Lag(0.1), Lag(0.2, "standby2"), {PaceReason::kDiskFree, "/data", 1e11}});
  const auto play = [&](int from, int to,
                        const std::vector<Reading>& readings) {
    for (int second = from; second < to; ++second) {
      pace.Update(kStart + std::chrono::seconds(second), readings);
    }
  };
  play(1, 10, {Lag(0.1, "standby2")});
  EXPECT_EQ(pace.pace().share, 0);
  EXPECT_EQ(pace.pace().reason, PaceReason::kSignalLost);
  pace.ForgetServer();
  play(10, 100, {});
  EXPECT_EQ(pace.pace().share, 1);
}

// The cause of the stop is forgotten, too, and another one is told.
TEST(PaceTest, AnotherServerMayBeInTroubleToo) {
  PaceController pace({LagLimit()});
  pace.Update(kStart, {Lag(9)});
  EXPECT_EQ(pace.pace().share, 0);
  pace.ForgetServer();
  Reading other = Lag(8, "standby2");
  other.detail = "far away";
  pace.Update(kStart + std::chrono::seconds(1), {other});
  EXPECT_EQ(pace.pace().share, 0);
  EXPECT_EQ(pace.pace().message,
            "replication_lag of standby2 (far away) is 8.0 s, limit 1.0 s");
}

}  // namespace
}  // namespace segue::engine
