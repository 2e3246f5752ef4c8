#include "ops/sql.h"

#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"

namespace segue::ops {
namespace {

// This is enough of a statement to recognise it in a list of steps.
constexpr std::size_t kShown = 60;

// Returns the statement on one line, cut at a space if there is one.
std::string Shown(const std::string& sql) {
  std::string line;
  for (const char c : base::Trim(sql)) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!space) {
      line += c;
    } else if (line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.size() <= kShown) return line;
  const std::size_t space = line.rfind(' ', kShown);
  return line.substr(0, space == std::string::npos ? kShown : space) + " ...";
}

class Sql : public WithSpec<SqlSpec> {
 public:
  explicit Sql(SqlSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "sql"; }

  void Plan(PlanContext& context) const override {
    DraftStep step;
    if (spec_.on_complete) step.place = spec_.down.empty() ? kDrop : kSeal;
    step.description = "Run SQL: " + Shown(spec_.up);
    step.actions.emplace_back(plan::RawSql{spec_.up, spec_.down});
    if (spec_.down.empty()) {
      step.notes.emplace_back("no 'down' is given: it cannot be undone");
    }
    if (context.undoable && step.place == kSeal) {
      step.notes.emplace_back("undo: its 'down' runs");
    }
    context.steps.push_back(std::move(step));
  }
};

}  // namespace

NewOperation MakeSql(SqlSpec spec) {
  return std::make_shared<Sql>(std::move(spec));
}

NewOperation ParseSql(const base::Node& body) {
  const Reader reader(body, {"up", "down", "onComplete"});
  SqlSpec spec;
  spec.up = reader.RequiredSql("up");
  spec.down = reader.Expression("down");
  spec.on_complete = reader.OptionalBool("onComplete").value_or(false);
  if (spec.on_complete && !spec.down.empty()) {
    throw UsageError(*body.Find("down"),
                     "what runs on completion is not undone; leave out 'down'");
  }
  return MakeSql(std::move(spec));
}

}  // namespace segue::ops
