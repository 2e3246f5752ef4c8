#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "segue/error.h"
#include "segue/plan.h"

namespace segue {
namespace {

using State = std::pair<Phase, SubState>;

constexpr State kPending{Phase::kPending, SubState::kNone};
constexpr State kExpanding{Phase::kExpanding, SubState::kNone};
constexpr State kBackfilling{Phase::kMigrating, SubState::kBackfilling};
constexpr State kReady{Phase::kMigrating, SubState::kReady};
constexpr State kSealed{Phase::kContracting, SubState::kSealed};
constexpr State kDropping{Phase::kContracting, SubState::kDropping};
constexpr State kComplete{Phase::kComplete, SubState::kNone};
constexpr State kRolledBack{Phase::kRolledBack, SubState::kNone};

constexpr Phase kPhases[] = {Phase::kPending,   Phase::kExpanding,
                             Phase::kMigrating, Phase::kContracting,
                             Phase::kComplete,  Phase::kRolledBack};
constexpr SubState kSubStates[] = {
    SubState::kNone,        SubState::kBackfilling, SubState::kReady,
    SubState::kSealing,     SubState::kSealed,      SubState::kDropping,
    SubState::kRollingBack, SubState::kAbandoned};

TEST(PhaseTest, ExactlyTheseMovesExist) {
  std::vector<std::pair<State, State>> moves = {
      {kPending, kExpanding},    {kExpanding, kBackfilling},
      {kExpanding, kReady},      {kBackfilling, kReady},
      {kReady, kSealed},         {kSealed, kDropping},
      {kDropping, kComplete},    {kReady, kComplete},
      {kSealed, kReady},         {kPending, kRolledBack},
      {kExpanding, kRolledBack}, {kBackfilling, kRolledBack},
      {kReady, kRolledBack},     {kSealed, kRolledBack},
  };
  const State abandoned{Phase::kRolledBack, SubState::kAbandoned};
  for (const State& state :
       {kPending, kExpanding, kBackfilling, kReady, kSealed}) {
    moves.push_back({state, {state.first, SubState::kRollingBack}});
    moves.push_back({state, abandoned});
  }
  moves.push_back({kDropping, abandoned});
  // From here only the rollback goes on.
  for (const Phase phase : {Phase::kPending, Phase::kExpanding,
                            Phase::kMigrating, Phase::kContracting}) {
    moves.push_back({{phase, SubState::kRollingBack}, kRolledBack});
    moves.push_back({{phase, SubState::kRollingBack}, abandoned});
  }
  std::size_t allowed = 0;
  for (const Phase from : kPhases) {
    for (const SubState from_sub : kSubStates) {
      for (const Phase to : kPhases) {
        for (const SubState to_sub : kSubStates) {
          if (CanMove(from, from_sub, to, to_sub)) ++allowed;
        }
      }
    }
  }
  for (const auto& [from, to] : moves) {
    EXPECT_TRUE(CanMove(from.first, from.second, to.first, to.second))
        << ToString(from.first) << " " << ToString(from.second) << " -> "
        << ToString(to.first) << " " << ToString(to.second);
  }
  EXPECT_EQ(allowed, moves.size());
}

TEST(PhaseTest, NamesReadBack) {
  for (const Phase phase : kPhases) {
    EXPECT_EQ(PhaseFromString(ToString(phase)), phase);
  }
  for (const SubState state : kSubStates) {
    EXPECT_EQ(SubStateFromString(ToString(state)), state);
  }
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    EXPECT_EQ(AccessFromString(ToString(access)), access);
  }
  EXPECT_EQ(ToString(Phase::kRolledBack), "ROLLED_BACK");
  EXPECT_EQ(ToString(SubState::kRollingBack), "rolling_back");
  EXPECT_EQ(ToString(Access::kInPlace), "in_place");
}

TEST(PhaseTest, UnknownNamesAreErrorsThatNameTheKnown) {
  EXPECT_THROW(PhaseFromString("expanding"), Error);
  EXPECT_THROW(SubStateFromString("READY"), Error);
  try {
    AccessFromString("inplace");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(),
                 "'inplace' is not a kind of access; expected one of "
                 "in_place, versioned");
  }
}

}  // namespace
}  // namespace segue
