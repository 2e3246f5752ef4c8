// Dual-write triggers and the statements that move the rows of a motion.
//
// SQLite's triggers run after the write and repair the row with writes of
// their own, which fire triggers again. A trigger knows segue's own writes by
// the provenance column: they take it from 0 to positive, from positive to
// negative ("-2: the old side is about to be written") or from negative to
// positive. An application never does any of these. (But an INSERT through the
// new version's view brings kNewVersionWrites: who writes decides where neither
// side is given.) A marker row in a table
// of its own would do too, but an UPDATE OR FAIL that fails half-way leaves
// such a row behind, and from then on every write would go unnoticed. It would
// also hide a write of one motion from another that reads the column.
// Only the backfill marks itself in segue_busy, in its own transaction.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// `table`: as it is before the migration; may be null. Replace those there
// are. Throw kRefused when the motion cannot be kept in step by triggers.
std::vector<Statement> CreateTriggers(const plan::ColumnMotion& motion,
                                      plan::SyncForm form,
                                      const schema::Table* table);
std::vector<Statement> DropTriggers(const plan::ColumnMotion& motion);

// A condition: are the triggers there?
std::string TriggersExist(const plan::ColumnMotion& motion);

MotionSql MakeMotionSql(const plan::ColumnMotion& motion,
                        const schema::Table* table);
// Motions that do not meet; see db::Language::RenderMotions.
MotionSql SharedFillSql(const std::vector<const plan::ColumnMotion*>& motions,
                        const schema::Table* table);

}  // namespace segue::sqlite
