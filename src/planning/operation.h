// An operation of a migration file, and how it becomes a part of a plan. It is
// pure: it reads a schema and appends steps, without SQL text and without I/O.
// Each operation has a file pair of its own.
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

// The place of a step in the plan; steps run in the order of their places.
struct Place {
  // NOLINTNEXTLINE(google-explicit-constructor): most phases have one place.
  constexpr Place(Phase in) : phase(in) {}
  constexpr Place(Phase in, Stage at) : phase(in), stage(at) {}
  friend constexpr auto operator<=>(const Place&, const Place&) = default;

  Phase phase;
  Stage stage = Stage::kSeal;  // only for CONTRACTING
};
// The places of the contract. An action that can be undone belongs into the
// seal. The drop has the actions that cannot be undone, and those that must
// come after them.
inline constexpr Place kSeal{Phase::kContracting, Stage::kSeal};
inline constexpr Place kDrop{Phase::kContracting, Stage::kDrop};

// The actions [begin, end) of a step that must take effect together, because
// the application would otherwise see a shape that is neither old nor new.
struct AtomicRun {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// A step whose actions are not rendered yet.
struct DraftStep {
  Place place = Phase::kExpanding;
  std::string description;
  std::vector<plan::Action> actions;
  std::vector<std::string> notes;
  std::vector<ColumnName> removes = {};  // as Step::removes
  // The runs are in order and do not overlap. The planner refuses a run that
  // the database cannot execute as one.
  std::vector<AtomicRun> atomic = {};
  Source source{};  // of the operation; unknown for the planner's own steps
};

// A published version as it is: its views, each with the columns that it shows
// in their order, and with what depends on it.
struct PublishedVersion {
  std::string version_schema;
  std::vector<schema::Table> views = {};
};

// The context in which an operation plans: what it may read, and what it
// appends to.
struct PlanContext {
  const db::Language& language;
  Access access = Access::kInPlace;
  std::string migration;       // the version's name: "02_full_name"
  std::string version_schema;  // empty in place
  Inquiry& inquiry;

  // The shape that the new version sees, as the earlier operations have left
  // it. Each operation applies itself to it. The `stored_as` of a column is the
  // physical name under which the column lives until the contract.
  schema::Schema schema;

  // The result. Each operation appends its steps in the order of the phases;
  // afterwards the planner sorts all steps by phase.
  std::vector<DraftStep> steps{};
  plan::Motions motions{};  // named by the actions

  // The claims of the operations so far; empty at first.
  Claims claims{};

  OnTransformError on_transform_error = OnTransformError::kRefuse;
  UserTriggers user_triggers = UserTriggers::kFire;
  // The contract stays sealed for a while and can be undone as long
  // (Plan::undo_window). The seal then puts the old shape out of reach, and
  // nothing that the old version needs goes before the drop.
  bool undoable = false;
  // Actions that must succeed before anything is contracted. The planner makes
  // them a step of its own.
  std::vector<plan::Action> closing{};
  // What an undo of the sealed contract begins and ends with, by the names that
  // the columns have before the seal.
  std::vector<plan::PrepareUndo> undo_first{};
  std::vector<plan::PrepareUndo> undo_last{};

  // The published version schemas, which the contract retires.
  std::vector<std::string> live_versions{};
  // In place: the published versions, whose views follow the tables.
  std::vector<PublishedVersion> followed{};

  const db::Capabilities& capabilities() const {
    return language.capabilities();
  }
  // Returns an id that is unique among the motions of all migrations, such as
  // "02_full_name_1".
  plan::MotionId NextMotionId() const;
  // Asks what only the server knows, at the point where the answer is needed.
  // The question has the names that the database has now, so it cannot name a
  // column that an earlier operation adds.
  const db::Answer& Ask(const db::Question& question) const {
    return inquiry.Ask(question);
  }
};

class Operation {
 public:
  virtual ~Operation() = default;

  // Returns the key in the migration file, such as "rename_column".
  virtual std::string name() const = 0;

  // Checks the operation against context.schema, appends its steps, and applies
  // the operation to context.schema. Throws Error{kNotFound} or
  // Error{kRefused}.
  virtual void Plan(PlanContext& context) const = 0;

  // Appends steps that depend on what later operations make of a table. Called
  // after all operations have planned, in their order. The steps come last in
  // their phase.
  virtual void Finish(PlanContext& context) const { (void)context; }

  // The place in the file that asks for the operation; unknown for an operation
  // that was made by a builder.
  const Source& source() const { return source_; }
  void set_source(Source source) { source_ = std::move(source); }

  // Says which operations of the file this one was made of; empty for one that
  // stands in the file as it is. The plan and errors show it.
  const std::string& made_of() const { return made_of_; }
  void set_made_of(std::string text) { made_of_ = std::move(text); }

 private:
  Source source_;
  std::string made_of_;
};

using OperationPtr = std::shared_ptr<const Operation>;
// An operation that is not in a migration yet, so that its parser can still set
// the source.
using NewOperation = std::shared_ptr<Operation>;

}  // namespace segue::ops
