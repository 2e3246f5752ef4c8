#include "planning/answers.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace segue::ops {
namespace {

struct Row {
  std::string_view kind;
  std::array<FactAnswer, 5> by_fate;  // in the order of ColumnFate
};

constexpr FactAnswer kStaysAsItIs{Verb::kUntouched, ""};
constexpr FactAnswer kLost{Verb::kGoes, ""};
constexpr FactAnswer kIdentityGoes{Verb::kGoes,
                                   "refused where the table is published"};
constexpr FactAnswer kOnTheOld{Verb::kUntouched, "the old column stays"};

constexpr FactAnswer Carried(std::string_view how) {
  return {Verb::kCarried, how};
}
constexpr FactAnswer Refused(std::string_view why) {
  return {Verb::kRefused, why};
}

constexpr FactAnswer kDepends = Refused("it depends on the column");
constexpr FactAnswer kGiven = Carried("given to the new column");

// Shorthands for rows that are alike: what the server keeps on the column as it
// is, and what is given to the column that replaces it.
constexpr Row Given(std::string_view kind) {
  return {kind, {kStaysAsItIs, kStaysAsItIs, kOnTheOld, kGiven, kLost}};
}
constexpr Row Copied(std::string_view kind, std::string_view how) {
  return {kind, {kStaysAsItIs, kStaysAsItIs, kOnTheOld, Carried(how), kLost}};
}
constexpr Row Dependent(std::string_view kind) {
  return {kind, {kStaysAsItIs, kStaysAsItIs, kOnTheOld, kDepends, kDepends}};
}

// What says in a text of its own what the column means to it.
constexpr Row Rebound(std::string_view kind, std::string_view how) {
  return {kind,
          {kStaysAsItIs, kStaysAsItIs, kOnTheOld, Carried(how),
           Refused("say first what it becomes")}};
}

constexpr auto kRows = std::to_array<Row>({
    Copied("index", "a copy is built concurrently and takes its name"),
    Copied("index with the column in an expression or a predicate",
           "the database binds a copy to the new column, which is built "
           "concurrently and takes its name"),
    Copied("unique constraint",
           "a unique index is built concurrently and adopted"),
    {"deferrable unique constraint",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("an index cannot be checked later"), kLost}},
    {"exclusion constraint",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("its index cannot be built without blocking"), kLost}},
    Copied("check", "added NOT VALID to the new column and validated"),
    Copied("foreign key", "added NOT VALID to the new column and validated"),
    {"primary key",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld, Refused("it is the key"),
      Refused("it is the key")}},
    {"foreign key of another table",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld, kDepends, kDepends}},
    {"NOT NULL",
     {kStaysAsItIs, kStaysAsItIs,
      Carried("relaxed while both are live, back with the seal"),
      Carried("proven by a check, then set"),
      Refused("without a default or `down` inserts would fail")}},
    Copied("name of a NOT NULL constraint", "given to that of the new column"),
    {"NOT NULL that is not inherited",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("no column gets such a one by SET NOT NULL"), kLost}},
    {"default",
     {kStaysAsItIs, kStaysAsItIs,
      Carried("given by the trigger while both are live"),
      Carried("set on the new column"), kLost}},
    {"default from a sequence",
     {kStaysAsItIs, kStaysAsItIs,
      Refused("unless NOT NULL: a given value cannot be told from it"),
      Refused("the sequence may go with the column"), kLost}},
    {"owned sequence",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("it would go with the column"), kLost}},
    {"identity",
     {kStaysAsItIs, kStaysAsItIs, Refused("a trigger cannot write it"),
      Refused("it cannot be moved"), kLost}},
    {"generated column",
     {kStaysAsItIs, kStaysAsItIs, Refused("a trigger cannot write it"),
      Refused("its text is the column"), kLost}},
    Dependent("generated column that reads it"),
    {"partition key",
     {kStaysAsItIs, kStaysAsItIs, Refused("a trigger cannot write it"),
      Refused("it decides where rows are"),
      Refused("it decides where rows are")}},
    Rebound("view", "the server binds it to the new column"),
    Rebound("materialized view",
            "a copy is filled with the seal and takes its name"),
    {"view that cannot be made again",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("with the owner, the grantor or what depends on it"), kDepends}},
    {"rule",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("it sees what a statement gives, and not what triggers derive"),
      kDepends}},
    Rebound("rule ON DELETE", "the server binds it to the new column"),
    Rebound("rule of another table", "the server binds it to the new column"),
    Dependent("policy"),
    {"trigger that names it",
     {kStaysAsItIs, kStaysAsItIs,
      Refused("UPDATE OF and WHEN do not see the new name"), kDepends,
      kDepends}},
    {"trigger that has its name as an argument",
     {kStaysAsItIs, Refused("no server follows an argument"),
      Refused("no server follows an argument"),
      Refused("no server follows an argument"),
      Refused("no server follows an argument")}},
    {"trigger function that takes whole rows apart",
     {Refused("a further column breaks it"), kStaysAsItIs,
      Refused("a further column breaks it"),
      Refused("a further column breaks it"),
      Refused("a column less breaks it")}},
    Dependent("function"),
    Given("statistics object"),
    {"statistics object in another schema",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("it would have to be made there again"), kLost}},
    {"publication with a list of columns or a row filter",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Carried("lets go of the table and takes it back with the contract"),
      kDepends}},
    {"publication of another role",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("only its owner can change it"), kDepends}},
    {"row filter over a column that is renamed too",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("its text names the column"), kDepends}},
    Given("privilege"),
    {"privilege of another grantor",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("only its grantor can give it"), kLost}},
    Given("comment of the column"),
    Given("comment"),
    {"storage",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Carried("given where the type stays"), kLost}},
    {"compression",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Carried("given where the type stays"), kLost}},
    Given("statistics target"),
    Given("options"),
    Given("statistics target of an index"),
    Given("mark of CLUSTER"),
    {"replica identity",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld, kGiven, kIdentityGoes}},
    {"replica identity of a partition",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("the plan is that of the parent"), kIdentityGoes}},
    {"security label",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("its provider decides on it"),
      Refused("its provider decides on it")}},
    {"what a partition has of its own",
     {kStaysAsItIs, kStaysAsItIs, kOnTheOld,
      Refused("the plan is that of the parent"), kLost}},
    {"default of a partition",
     {kStaysAsItIs, kStaysAsItIs,
      Refused("the trigger knows one default of the column"),
      Refused("the plan is that of the parent"), kLost}},
    {"privilege of a partition",
     {kStaysAsItIs, kStaysAsItIs,
      Refused("the new name would not have it there"),
      Refused("the plan is that of the parent"), kLost}},
    {"inheriting table",
     {Refused("with `up`: no trigger runs for its rows"), kStaysAsItIs,
      Refused("no trigger runs for its rows"),
      Refused("no trigger runs for its rows"), kLost}},
    {"type of a typed table",
     {Refused("it decides the columns"), Refused("it decides the columns"),
      Refused("it decides the columns"), Refused("it decides the columns"),
      Refused("it decides the columns")}},
    Dependent("other dependent"),
});

std::string_view Title(ColumnFate fate) {
  switch (fate) {
    case ColumnFate::kStays:
      return "the column stays";
    case ColumnFate::kRenamed:
      return "renamed, versioned";
    case ColumnFate::kBeside:
      return "renamed, in place";
    case ColumnFate::kReplaced:
      return "replaced";
    case ColumnFate::kDropped:
      return "dropped";
    case ColumnFate::kTied:
      return "replaced with the key";
  }
  return "";
}

std::string ToText(const FactAnswer& answer) {
  std::string text;
  switch (answer.verb) {
    case Verb::kUntouched:
      text = "untouched";
      break;
    case Verb::kCarried:
      text = "carried";
      break;
    case Verb::kGoes:
      text = "goes with it";
      break;
    case Verb::kRefused:
      text = "**refused**";
      break;
  }
  if (!answer.how.empty()) text += ": " + std::string(answer.how);
  return text;
}

}  // namespace

namespace {

struct Tied {
  std::string_view kind;
  FactAnswer answer;
};

// What a change of a key does with what a change of one column refuses.
constexpr auto kTiedRows = std::to_array<Tied>({
    {"primary key",
     Carried("a unique index is built concurrently and becomes the key")},
    {"foreign key",
     Carried("added NOT VALID over the new columns and validated")},
    {"foreign key of another table",
     Carried("added NOT VALID over the new columns and validated")},
    {"default from a sequence", Carried("set on the new column")},
    {"owned sequence", Carried("the new column owns it, as its type")},
    {"identity", Carried("made again over the new column, at the same value")},
});

}  // namespace

FactAnswer AnswerOn(std::string_view kind, ColumnFate fate) {
  if (fate == ColumnFate::kTied) {
    for (const Tied& one : kTiedRows) {
      if (one.kind == kind) return one.answer;
    }
    fate = ColumnFate::kReplaced;
  }
  const auto row =
      std::find_if(kRows.begin(), kRows.end(),
                   [&](const Row& one) { return one.kind == kind; });
  if (row == kRows.end()) return {};
  return row->by_fate.at(static_cast<std::size_t>(fate));
}

std::vector<std::string_view> KindsOfFacts() {
  std::vector<std::string_view> kinds;
  for (const Row& row : kRows) kinds.push_back(row.kind);
  return kinds;
}

std::string AnswersAsMarkdown(const std::vector<ColumnFate>& fates) {
  std::string text = "| on the column |";
  for (const ColumnFate fate : fates) {
    text += " " + std::string(Title(fate)) + " |";
  }
  text += "\n|---|";
  for (std::size_t i = 0; i < fates.size(); ++i) text += "---|";
  text += "\n";
  for (const Row& row : kRows) {
    text += "| " + std::string(row.kind) + " |";
    for (const ColumnFate fate : fates) {
      text += " " + ToText(AnswerOn(row.kind, fate)) + " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace segue::ops
