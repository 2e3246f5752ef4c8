// What becomes of everything that can hang on a column, operation by operation.
// Whatever is not in this table is refused by its name. The pages of
// docs/operations/ print their parts of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::ops {

// What an operation does with a column.
enum class ColumnFate {
  kStays,     // the column is kept; another one, an index or a rule is added
  kRenamed,   // at the contract, with versioned access
  kBeside,    // in place: renamed, with a copy under the new name until then
  kReplaced,  // another column takes its place
  kDropped,
  kTied,  // replaced together with a key, or what refers to one (key_change.h)
};

enum class Verb {
  kUntouched,  // the server keeps it as it is
  kCarried,    // an action of the plan gives it to what takes the place
  kGoes,       // goes with the column that is dropped; the plan says so
  kRefused,    // the plan is refused by its name
};

struct FactAnswer {
  Verb verb = Verb::kRefused;
  // By which action, or why; may be empty.
  std::string_view how = "nobody has said what becomes of it";
};

// `kind` is that of a db::HangingFact. An unknown kind is refused.
FactAnswer AnswerOn(std::string_view kind, ColumnFate fate);

// Returns all kinds of the table.
std::vector<std::string_view> KindsOfFacts();

// Returns a table in Markdown with a row for each kind and a column for each of
// these fates.
std::string AnswersAsMarkdown(const std::vector<ColumnFate>& fates);

}  // namespace segue::ops
