#include "planner/render_steps.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// True for an action of which a transaction may hold any number.
bool FitsTransaction(const db::Language& language,
                     const PlannedAction& action) {
  return language.capabilities().transactional_ddl &&
         action.kind == ActionKind::kSchema && action.transactional;
}

std::string Descriptions(const std::vector<PlannedAction>& actions) {
  std::vector<std::string> texts;
  texts.reserve(actions.size());
  for (const PlannedAction& action : actions) {
    texts.push_back(action.description);
  }
  return base::Join(texts, "; ");
}

void RequireOneUnit(const db::Language& language, const ops::DraftStep& draft,
                    const std::vector<PlannedAction>& actions) {
  const bool one = actions.size() == 1 ||
                   std::all_of(actions.begin(), actions.end(),
                               [&](const PlannedAction& action) {
                                 return FitsTransaction(language, action);
                               });
  if (one) return;
  throw Error(ErrorKind::kRefused,
              "'" + draft.description + "': " + language.capabilities().name +
                  " cannot make these take effect together, and an "
                  "application would see what lies between them: " +
                  Descriptions(actions));
}

// Splits the step's actions into runs: the marked ones together, and each other
// action alone.
std::vector<ops::AtomicRun> RunsOf(const ops::DraftStep& draft) {
  std::vector<ops::AtomicRun> runs;
  std::size_t next = 0;
  for (const ops::AtomicRun& marked : draft.atomic) {
    for (; next < marked.begin; ++next) runs.push_back({next, next + 1});
    runs.push_back(marked);
    next = marked.end;
  }
  for (; next < draft.actions.size(); ++next) runs.push_back({next, next + 1});
  return runs;
}

// Neighbours share a transaction where they can, whether they are marked or
// not, so that the locks of the table are taken once.
void NumberUnits(const db::Language& language, Step& step) {
  int unit = 0;
  bool open = false;  // the unit takes further actions
  for (PlannedAction& action : step.actions) {
    const bool fits = FitsTransaction(language, action);
    if (!fits || !open) ++unit;
    action.unit = unit;
    open = fits;
  }
}

}  // namespace

Step RenderStep(const db::Language& language, const ops::DraftStep& draft,
                const db::RenderContext& context) {
  Step step;
  step.phase = draft.place.phase;
  step.stage = draft.place.stage;
  step.description = draft.description;
  step.removes = draft.removes;
  step.notes = draft.notes;
  for (const ops::AtomicRun& run : RunsOf(draft)) {
    const auto begin = draft.actions.begin();
    std::vector<PlannedAction> planned =
        language.RenderStep({begin + static_cast<std::ptrdiff_t>(run.begin),
                             begin + static_cast<std::ptrdiff_t>(run.end)},
                            context);
    if (run.end - run.begin > 1) RequireOneUnit(language, draft, planned);
    std::move(planned.begin(), planned.end(), std::back_inserter(step.actions));
  }
  NumberUnits(language, step);
  return step;
}

}  // namespace segue::engine
