// Turns primitive actions into SQL.
#pragma once

#include "db/language.h"
#include "plan/action.h"
#include "plan/planned.h"

namespace segue::postgres {

PlannedAction Render(const plan::Action& action,
                     const db::RenderContext& context);

// Each action has one overload, in the file that is named here. A missing
// overload does not compile.
using db::RenderContext;

// render.cc
PlannedAction RenderOne(const plan::RawSql&, const RenderContext&);
// render_tables.cc
PlannedAction RenderOne(const plan::CreateTable&, const RenderContext&);
PlannedAction RenderOne(const plan::DropTable&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameTable&, const RenderContext&);
// table_copy.cc
PlannedAction RenderOne(const plan::CopyTable&, const RenderContext&);
PlannedAction RenderOne(const plan::MarkCopied&, const RenderContext&);
// table_swap.cc
PlannedAction RenderOne(const plan::SwapTables&, const RenderContext&);
PlannedAction RenderOne(const plan::ProveForeignKeys&, const RenderContext&);
// render_columns.cc
PlannedAction RenderOne(const plan::AddColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::DropColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameColumn&, const RenderContext&);
PlannedAction RenderOne(const plan::AlterColumn&, const RenderContext&);
// render_constraints.cc
PlannedAction RenderOne(const plan::AddConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::ValidateConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::DropConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameConstraint&, const RenderContext&);
PlannedAction RenderOne(const plan::CarryOver&, const RenderContext&);
PlannedAction RenderOne(const plan::SetReplicaIdentity&, const RenderContext&);
// rebind_views.cc
PlannedAction RenderOne(const plan::RebindViews&, const RenderContext&);
PlannedAction RenderOne(const plan::CopyViews&, const RenderContext&);
// render_indexes.cc
PlannedAction RenderOne(const plan::CreateIndex&, const RenderContext&);
PlannedAction RenderOne(const plan::DropIndex&, const RenderContext&);
PlannedAction RenderOne(const plan::RenameIndex&, const RenderContext&);
// render_keys.cc
PlannedAction RenderOne(const plan::LockTables&, const RenderContext&);
PlannedAction RenderOne(const plan::DetachSequence&, const RenderContext&);
PlannedAction RenderOne(const plan::AttachSequence&, const RenderContext&);
PlannedAction RenderOne(const plan::RestartSequence&, const RenderContext&);
// prepare_undo.cc
PlannedAction RenderOne(const plan::PrepareUndo&, const RenderContext&);
// sync.cc
PlannedAction RenderOne(const plan::CreateSync&, const RenderContext&);
PlannedAction RenderOne(const plan::DropSync&, const RenderContext&);
PlannedAction RenderOne(const plan::Retreat&, const RenderContext&);
// guard_fill.cc
PlannedAction RenderOne(const plan::GuardFill&, const RenderContext&);
PlannedAction RenderOne(const plan::UnguardFill&, const RenderContext&);
// motion_sql.cc; see db::Language
MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                        const RenderContext& context);
PlannedAction RenderOne(const plan::Backfill&, const RenderContext&);
PlannedAction RenderOne(const plan::Verify&, const RenderContext&);
PlannedAction RenderOne(const plan::Settle&, const RenderContext&);
// version_views.cc
PlannedAction RenderOne(const plan::PublishVersion&, const RenderContext&);
PlannedAction RenderOne(const plan::RetireVersion&, const RenderContext&);
PlannedAction RenderOne(const plan::PublishAlias&, const RenderContext&);
PlannedAction RenderOne(const plan::RetireAlias&, const RenderContext&);
// version_seal.cc
PlannedAction RenderOne(const plan::SealVersion&, const RenderContext&);
// reshape_view.cc
PlannedAction RenderOne(const plan::ReshapeView&, const RenderContext&);
// part_view.cc
PlannedAction RenderOne(const plan::RepointViews&, const RenderContext&);
// divide_table.cc
PlannedAction RenderOne(const plan::DivideTable&, const RenderContext&);
// merge_tables.cc
PlannedAction RenderOne(const plan::AttachTables&, const RenderContext&);
PlannedAction RenderOne(const plan::UniteKeys&, const RenderContext&);
PlannedAction RenderOne(const plan::UniteNumbers&, const RenderContext&);
// table_rights.cc
PlannedAction RenderOne(const plan::GiveRights&, const RenderContext&);

}  // namespace segue::postgres
