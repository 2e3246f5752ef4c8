#include "planning/version_follow.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Steps over the table users(id, name), which version "public_01" shows.
class VersionFollowTest : public ::testing::Test {
 protected:
  VersionFollowTest() {
    table_.name = {"public", "users"};
    table_.columns = {MakeColumn("id", "bigint"), MakeColumn("name", "text")};
    version_.version_schema = "public_01";
    schema::Table view;
    view.name = {"public_01", "users"};
    view.kind = "view";
    view.columns = table_.columns;
    version_.views = {view};
  }

  void Step(Place place, std::vector<plan::Action> actions,
            std::vector<AtomicRun> atomic = {}) {
    DraftStep step;
    step.place = place;
    step.actions = std::move(actions);
    step.atomic = std::move(atomic);
    steps_.push_back(std::move(step));
  }

  // "before => after" of each view that gets another shape, and "other" for
  // each other action, step by step.
  std::vector<std::string> Followed() {
    schema::Schema before;
    before.name = "public";
    before.tables = {table_};
    const test::FakeDialect dialect(test::FakeDialect::Capable());
    Inquiry inquiry({});
    PlanContext context{dialect, Access::kInPlace, "m", "", inquiry, before};
    context.steps = steps_;
    context.followed = {version_};
    FollowInVersions(before, {}, context);
    followed_ = context.steps;
    std::vector<std::string> words;
    for (const DraftStep& step : context.steps) {
      for (const plan::Action& action : step.actions) {
        words.push_back(Word(action));
      }
    }
    return words;
  }

  std::string Refusal() {
    try {
      Followed();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
      return error.what();
    }
    return "";
  }

  static std::string Text(const std::vector<schema::Column>& columns) {
    std::string text;
    for (const schema::Column& column : columns) {
      if (!text.empty()) text += " ";
      if (!column.stored_as.empty()) text += column.stored_as + ":";
      text += column.name;
      if (column.default_sql) text += "=" + *column.default_sql;
    }
    return text;
  }
  static std::string Word(const plan::Action& action) {
    const auto* reshape = std::get_if<plan::ReshapeView>(&action);
    if (reshape == nullptr) return "other";
    return Text(reshape->before) + " => " + Text(reshape->after);
  }

  schema::Table table_;
  PublishedVersion version_;
  std::vector<DraftStep> steps_;
  std::vector<DraftStep> followed_;
  const schema::TableName users_{"public", "users"};
};

// The names are those at the place of the action, which comes last in what
// takes effect together, so that an undo locks the view first.
TEST_F(VersionFollowTest, ARenameByACopyExchangesTheNamesAtOnce) {
  Step(Phase::kExpanding,
       {plan::AddColumn{users_, MakeColumn("full_name", "text")},
        plan::AddColumn{users_, MakeColumn("_segue_d", "bigint")}});
  Step(kSeal,
       {plan::RawSql{}, plan::RenameColumn{users_, "full_name", "_segue_away"},
        plan::RenameColumn{users_, "name", "full_name"}, plan::RawSql{}},
       {{1, 4}});
  Step(kDrop,
       {plan::DropColumn{users_, MakeColumn("_segue_away", "text"), true},
        plan::DropColumn{users_, MakeColumn("_segue_d", "bigint"), true}});
  EXPECT_THAT(Followed(),
              ElementsAre("other", "other", "id name => id name full_name",
                          "other", "other", "other", "other",
                          "id full_name:name _segue_away:full_name => "
                          "id full_name",
                          "other", "other"));
  EXPECT_EQ(followed_[1].atomic[0].begin, 1U);
  EXPECT_EQ(followed_[1].atomic[0].end, 5U);
  for (std::size_t at = 0; at < steps_.size(); ++at) {
    const DraftStep without = WithoutReshapes(followed_[at]);
    EXPECT_EQ(without.actions.size(), steps_[at].actions.size());
    ASSERT_EQ(without.atomic.size(), steps_[at].atomic.size());
    for (std::size_t run = 0; run < without.atomic.size(); ++run) {
      EXPECT_EQ(without.atomic[run].begin, steps_[at].atomic[run].begin);
      EXPECT_EQ(without.atomic[run].end, steps_[at].atomic[run].end);
    }
  }
}

TEST_F(VersionFollowTest, AViewLetsAColumnGoBeforeItIsDropped) {
  Step(kDrop,
       {plan::RawSql{}, plan::DropColumn{users_, MakeColumn("name", "text")}},
       {{0, 2}});
  EXPECT_THAT(Followed(), ElementsAre("other", "id name => id", "other"));
  EXPECT_EQ(followed_[0].atomic[0].end, 3U);
}

TEST_F(VersionFollowTest, AnHeirComesIntoThePlaceOfAColumn) {
  schema::Column hidden = MakeColumn("_segue_new_id", "text");
  schema::Column done = MakeColumn("id", "text");
  done.default_sql = "'1'";
  Step(Phase::kExpanding, {plan::AddColumn{users_, hidden}});
  Step(kDrop,
       {plan::DropColumn{users_, MakeColumn("id", "bigint"), false,
                         plan::Heir{"users", "id", "_segue_new_id", "id"}},
        plan::RenameColumn{users_, "_segue_new_id", "id"},
        plan::AlterColumn{users_, MakeColumn("id", "text"), done}});
  EXPECT_THAT(Followed(),
              ElementsAre("other", "id name => _segue_new_id:id='1' name",
                          "other", "other", "other"));
}

TEST_F(VersionFollowTest, ADefaultThatChangesIsThatOfTheView) {
  table_.columns[1].default_sql = "'a'";
  version_.views[0].columns[1].default_sql = "'a'";
  schema::Column after = table_.columns[1];
  after.default_sql = "'b'";
  Step(kSeal, {plan::AlterColumn{users_, table_.columns[1], after}});
  EXPECT_THAT(Followed(), ElementsAre("other", "id name='a' => id name='b'"));
}

TEST_F(VersionFollowTest, ACreatedTableIsShown) {
  schema::Table notes;
  notes.name = {"public", "notes"};
  notes.columns = {MakeColumn("id", "bigint")};
  Step(Phase::kExpanding, {plan::CreateTable{notes}, plan::RawSql{}});
  EXPECT_THAT(Followed(), ElementsAre("other", " => id", "other"));
}

// Its clients see the table itself.
TEST_F(VersionFollowTest, ATableThatIsNotShownIsLeftAlone) {
  version_.views.clear();
  Step(Phase::kExpanding, {plan::AddColumn{users_, MakeColumn("x", "text")}});
  EXPECT_THAT(Followed(), ElementsAre("other"));
}

TEST_F(VersionFollowTest, RefusesWhatItIsNotRightFor) {
  Step(kDrop, {plan::AlterColumn{users_, MakeColumn("name", "varchar(3)"),
                                 MakeColumn("name", "text")}});
  EXPECT_THAT(Refusal(), HasSubstr("the type of column 'name' changes"));
  version_.views[0].dependents = {{"view", "public", "", "report", "name"}};
  EXPECT_THAT(Refusal(), HasSubstr("view 'public.report' depends on it"));
  version_.views[0].dependents.clear();
  table_.dependents = {{"inheriting table", "public", "", "heirs", ""}};
  EXPECT_THAT(Refusal(), HasSubstr("'public.heirs' inherits from it"));
}

}  // namespace
}  // namespace segue::ops
