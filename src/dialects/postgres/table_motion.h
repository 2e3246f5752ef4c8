// SQL for a table and its hidden copy (plan::TableMotion): the triggers that
// carry each write over, and the walks that fill and check the copy.
#pragma once

#include <vector>

#include "db/language.h"
#include "plan/motion.h"
#include "plan/planned.h"

namespace segue::postgres {

// True for a source that is a partitioned table. Its rows come and go with
// partitions: whoever lets the copy take its place runs
// RequireSamePartitionsSql under the locks of that.
bool IsOfPartitions(const plan::TableMotion& motion);

// These throw kRefused for a table that triggers cannot follow.
PlannedAction CreateCopySync(const plan::TableMotion& motion,
                             const db::RenderContext& context);
PlannedAction DropCopySync(const plan::TableMotion& motion,
                           const db::RenderContext& context);

PlannedAction FillCopy(const plan::TableMotion& motion);
// With `only_marked` it proves that no row is one that must not be there
// (plan::TableMotion::must_be_empty).
PlannedAction VerifyCopy(const plan::TableMotion& motion, bool only_marked);
// Returns the statements that install and remove these triggers.
std::vector<Statement> CopySyncSql(const plan::TableMotion& motion,
                                   const db::RenderContext& context);
std::vector<Statement> DropCopySyncSql(const plan::TableMotion& motion);
// Returns what raises an error where the source is a partitioned table and has
// other partitions than when the triggers were installed; else nothing.
std::vector<Statement> RequireSamePartitionsSql(
    const plan::TableMotion& motion);
MotionSql CopySql(const plan::TableMotion& motion,
                  const db::RenderContext& context);

}  // namespace segue::postgres
