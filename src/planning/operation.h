// What a migration file asks for, and how it becomes a plan: schema in, plan
// out. Pure: no SQL text, no I/O. One file pair per operation.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/node.h"
#include "db/language.h"
#include "plan/action.h"
#include "planning/claims.h"
#include "planning/inquiry.h"
#include "schema/schema.h"
#include "segue/plan.h"
#include "segue/source.h"

namespace segue::ops {

// Where a step stands: steps run in the order of their places.
struct Place {
  // NOLINTNEXTLINE(google-explicit-constructor): most phases have one place.
  constexpr Place(Phase in) : phase(in) {}
  constexpr Place(Phase in, Stage at) : phase(in), stage(at) {}
  friend constexpr auto operator<=>(const Place&, const Place&) = default;

  Phase phase;
  Stage stage = Stage::kSeal;  // of CONTRACTING only
};
// The contract's. What can be undone belongs into the seal; the drop has what
// cannot, and what has to come after it.
inline constexpr Place kSeal{Phase::kContracting, Stage::kSeal};
inline constexpr Place kDrop{Phase::kContracting, Stage::kDrop};

// Actions [begin, end) of a step that must take effect together: between any
// two of them the application would see a shape that is neither old nor new.
struct AtomicRun {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A step before its actions are rendered.
struct DraftStep {
  Place place = Phase::kExpanding;
  std::string description;
  std::vector<plan::Action> actions;
  std::vector<std::string> notes;
  std::vector<ColumnName> removes = {};  // as Step::removes
  // In order, without overlap. The planner refuses what a database cannot do
  // as one.
  std::vector<AtomicRun> atomic = {};
  Source source{};  // of the operation; not known of what the planner adds
};

// What an operation may look at, and what it leaves behind.
struct PlanContext {
  const db::Language& language;
  Access access = Access::kInPlace;
  std::string migration;       // its name: "02_full_name"
  std::string version_schema;  // empty in place
  Inquiry& inquiry;

  // The shape the new version sees, as the earlier operations leave it. Each
  // operation applies itself here. A column that lives under another physical
  // name until the contract says so in `stored_as`.
  schema::Schema schema;

  // Output. Phases of one operation in order; the planner sorts them by phase.
  std::vector<DraftStep> steps{};
  plan::Motions motions{};  // that the actions name

  // What the operations so far hold on to. Starts empty.
  Claims claims{};

  OnTransformError on_transform_error = OnTransformError::kRefuse;
  // Output: what has to succeed before anything is contracted. The planner
  // makes it a step of its own.
  std::vector<plan::Action> closing{};

  // Published version schemas, which the contract retires.
  std::vector<std::string> live_versions{};

  const db::Capabilities& capabilities() const {
    return language.capabilities();
  }
  // Unique among the motions of all migrations: "02_full_name_1".
  plan::MotionId NextMotionId() const;
  // What only the server knows, asked where the answer is needed. The question
  // is in names that the database has now: a column that an earlier operation
  // adds is not there yet.
  const db::Answer& Ask(const db::Question& question) const {
    return inquiry.Ask(question);
  }
};

class Operation {
 public:
  virtual ~Operation() = default;

  // The key in the migration file: "rename_column".
  virtual std::string name() const = 0;

  // Checks itself against context.schema (Error{kNotFound}, Error{kRefused}),
  // appends its steps and applies itself to context.schema.
  virtual void Plan(PlanContext& context) const = 0;

  // Called once every operation has planned, in their order: for steps that
  // depend on what the later ones make of a table. What it appends comes last
  // in its phase.
  virtual void Finish(PlanContext& context) const { (void)context; }

  // Where the file asks for it; not known of what a builder made.
  const Source& source() const { return source_; }
  void set_source(Source source) { source_ = std::move(source); }

 private:
  Source source_;
};

using OperationPtr = std::shared_ptr<const Operation>;
// Until it is in a migration, whoever read it from a file can say from where.
using NewOperation = std::shared_ptr<Operation>;

}  // namespace segue::ops
