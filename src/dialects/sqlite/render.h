// Turns primitive actions into SQL.
#pragma once

#include "db/language.h"
#include "plan/action.h"
#include "segue/plan.h"

namespace segue::sqlite {

PlannedAction Render(const plan::Action& action,
                     const db::RenderContext& context);

// render_motions.cc; see db::Language.
MotionSql RenderMotions(const std::vector<plan::MotionId>& ids,
                        const db::RenderContext& context);

// Each action has one overload, in the file that is named here. A missing
// overload does not compile.
class Renderer {
 public:
  explicit Renderer(const db::RenderContext& context) : context_(context) {}

  // render_tables.cc
  PlannedAction operator()(const plan::CreateTable& action) const;
  PlannedAction operator()(const plan::DropTable& action) const;
  PlannedAction operator()(const plan::RenameTable& action) const;
  PlannedAction operator()(const plan::PublishAlias& action) const;
  PlannedAction operator()(const plan::RetireAlias& action) const;
  // render_columns.cc
  PlannedAction operator()(const plan::AddColumn& action) const;
  PlannedAction operator()(const plan::DropColumn& action) const;
  PlannedAction operator()(const plan::RenameColumn& action) const;
  PlannedAction operator()(const plan::AlterColumn& action) const;
  // render_indexes.cc
  PlannedAction operator()(const plan::CreateIndex& action) const;
  PlannedAction operator()(const plan::DropIndex& action) const;
  PlannedAction operator()(const plan::RenameIndex& action) const;
  // render_motions.cc
  PlannedAction operator()(const plan::CreateSync& action) const;
  PlannedAction operator()(const plan::DropSync& action) const;
  PlannedAction operator()(const plan::Backfill& action) const;
  PlannedAction operator()(const plan::Verify& action) const;
  PlannedAction operator()(const plan::Settle& action) const;
  PlannedAction operator()(const plan::Retreat& action) const;
  // render.cc
  PlannedAction operator()(const plan::RawSql& action) const;
  // render_constraints.cc
  PlannedAction operator()(const plan::AddConstraint& action) const;
  PlannedAction operator()(const plan::ValidateConstraint& action) const;
  PlannedAction operator()(const plan::DropConstraint& action) const;
  PlannedAction operator()(const plan::RenameConstraint& action) const;
  PlannedAction operator()(const plan::SetReplicaIdentity& action) const;
  // render_versions.cc
  PlannedAction operator()(const plan::PublishVersion& action) const;
  PlannedAction operator()(const plan::RetireVersion& action) const;

 private:
  // Returns an action with the lock that every change takes. `hold` says in
  // words how long it is held.
  PlannedAction Change(const std::string& description,
                       const std::string& hold) const;
  PlannedAction Motion(ActionKind kind, const char* verb,
                       const plan::MotionId& id) const;
  const schema::Table* TableOf(const schema::TableName& name) const;
  // Returns "rewrites the table: about 2 s for 1,234,567 rows".
  std::string RewriteTime(const schema::TableName& name,
                          const char* what) const;

  const db::RenderContext& context_;
};

}  // namespace segue::sqlite
