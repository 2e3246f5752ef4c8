// Turns primitive actions into SQL.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "plan/action.h"
#include "plan/planned.h"

namespace segue::sqlite {

// The description of an action that runs statements of the user's.
inline constexpr const char* kRunSql = "Run SQL";

PlannedAction Render(const plan::Action& action,
                     const db::RenderContext& context);

// Each action has an overload, and a missing one does not compile. The files
// named here have them.
using db::RenderContext;

// render_tables.cc
PlannedAction RenderOne(const plan::CreateTable&, const RenderContext&);
PlannedAction RenderOne(const plan::DropTable&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameTable&, const RenderContext&);
PlannedAction RenderOne(const plan::PublishAlias&, const RenderContext&);
PlannedAction RenderOne(const plan::RetireAlias&, const RenderContext&);
// render_columns.cc
PlannedAction RenderOne(const plan::AddColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::DropColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::AlterColumn&, const RenderContext&);
// render_indexes.cc
PlannedAction RenderOne(const plan::CreateIndex&, const RenderContext&);
PlannedAction RenderOne(const plan::DropIndex&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameIndex&, const RenderContext&);
PlannedAction RenderOne(const plan::PrepareUndo&, const RenderContext&);
// render_motions.cc; see db::Language
MotionSql RenderMotions(const std::vector<plan::MotionId>& ids,
                        const RenderContext& context);
PlannedAction RenderOne(const plan::CreateSync&, const RenderContext&);
PlannedAction RenderOne(const plan::DropSync&, const RenderContext&);
PlannedAction RenderOne(const plan::Backfill&, const RenderContext&);
PlannedAction RenderOne(const plan::Verify&, const RenderContext&);
PlannedAction RenderOne(const plan::Settle&, const RenderContext&);
PlannedAction RenderOne(const plan::Retreat&, const RenderContext&);
// render.cc
PlannedAction RenderOne(const plan::RawSql&, const RenderContext&);
// render_constraints.cc
PlannedAction RenderOne(const plan::AddConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::ValidateConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::DropConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::LockTables&, const RenderContext&);
PlannedAction RenderOne(const plan::DetachSequence&, const RenderContext&);
PlannedAction RenderOne(const plan::AttachSequence&, const RenderContext&);
PlannedAction RenderOne(const plan::RestartSequence&, const RenderContext&);
PlannedAction RenderOne(const plan::CarryOver&, const RenderContext&);
PlannedAction RenderOne(const plan::RebindViews&, const RenderContext&);
PlannedAction RenderOne(const plan::ReshapeView&, const RenderContext&);
PlannedAction RenderOne(const plan::GiveRights&, const RenderContext&);
PlannedAction RenderOne(const plan::CopyViews&, const RenderContext&);
PlannedAction RenderOne(const plan::GuardFill&, const RenderContext&);
PlannedAction RenderOne(const plan::UnguardFill&, const RenderContext&);
PlannedAction RenderOne(const plan::SetReplicaIdentity&, const RenderContext&);
PlannedAction RenderOne(const plan::AttachTables&, const RenderContext&);
PlannedAction RenderOne(const plan::UniteKeys&, const RenderContext&);
PlannedAction RenderOne(const plan::UniteNumbers&, const RenderContext&);
// render_copies.cc
PlannedAction RenderOne(const plan::CopyTable&, const RenderContext&);
PlannedAction RenderOne(const plan::MarkCopied&, const RenderContext&);
PlannedAction RenderOne(const plan::SwapTables&, const RenderContext&);
PlannedAction RenderOne(const plan::ProveForeignKeys&, const RenderContext&);
// render_versions.cc
PlannedAction RenderOne(const plan::PublishVersion&, const RenderContext&);
PlannedAction RenderOne(const plan::SealVersion&, const RenderContext&);
PlannedAction RenderOne(const plan::RetireVersion&, const RenderContext&);
PlannedAction RenderOne(const plan::RepointViews&, const RenderContext&);
// divide_table.cc
PlannedAction RenderOne(const plan::DivideTable&, const RenderContext&);

// Plans a change with the lock that every change takes; `hold` tells for how
// long, in words.
PlannedAction Change(const RenderContext& context,
                     const std::string& description, const std::string& hold);
// Returns the table as it is before the migration; nullptr when the migration
// creates it.
const schema::Table* TableOf(const RenderContext& context,
                             const schema::TableName& name);
// Returns a text such as "rewrites the table: about 2 s for 1,234,567 rows".
std::string RewriteTime(const RenderContext& context,
                        const schema::TableName& name, const char* what);

}  // namespace segue::sqlite
