// Dual-write triggers and the statements that move the rows of a motion.
//
// SQLite's triggers run after the write and repair the row with writes of their
// own, which fire triggers again. A trigger recognises segue's own writes by
// the provenance column: they take it from 0 to positive, from positive to
// negative ("-2: the old side is about to be written") or from negative to
// positive. An application does none of these. The exception is an INSERT
// through the view of the new version, which sets kNewVersionWrites, because
// the writer decides when neither side is given.
//
// A marker row in a table of its own would not do. An UPDATE OR FAIL that fails
// half-way leaves such a row behind, and from then on every write would pass
// unseen. The row would also hide a write of one motion from another motion
// that reads the column. Only the backfill marks itself in segue_busy, in its
// own transaction.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// These return the statements that install the triggers in place of existing
// ones, and that remove them. `table` is as it was before the migration; it may
// be null. They throw kRefused when triggers cannot keep the motion in step.
std::vector<Statement> CreateTriggers(const plan::ColumnMotion& motion,
                                      plan::SyncForm form,
                                      const schema::Table* table);
std::vector<Statement> DropTriggers(const plan::ColumnMotion& motion);

// Returns a condition that is true when the triggers exist.
std::string TriggersExist(const plan::ColumnMotion& motion);

// Returns the walks of one motion.
MotionSql MakeMotionSql(const plan::ColumnMotion& motion,
                        const schema::Table* table);
// Returns the fill that motions share which do not meet; see
// db::Language::RenderMotions.
MotionSql SharedFillSql(const std::vector<const plan::ColumnMotion*>& motions,
                        const schema::Table* table);

}  // namespace segue::sqlite
