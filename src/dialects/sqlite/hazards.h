// What would go wrong with a plan on the schema as it is: the user's triggers,
// views, checks and indexes against the way in which segue writes on SQLite.
//
// A dual write on SQLite is a second UPDATE of the row, after the write of the
// application. What runs between the two, or on the second one, sees a row that
// is half written, or a write that no application has made. There is no form of
// a trigger in which that cannot happen, because SQLite has no assignment to
// NEW and gives no order among triggers. So every object that might see it is
// refused by name.
#pragma once

#include <vector>

#include "db/hazard.h"
#include "db/language.h"
#include "dialects/sqlite/memory_copy.h"
#include "plan/action.h"

namespace segue::sqlite {

using db::Hazard;

std::vector<Hazard> Hazards(const std::vector<plan::Action>& actions,
                            const db::RenderContext& context);

// The parts of the search. Each appends what it finds; `at` is the place of the
// action.

// trigger_hazards.cc: the triggers of the table of a motion.
void FindTriggerHazards(const plan::ColumnMotion& motion,
                        const db::RenderContext& context, std::size_t at,
                        std::vector<Hazard>* hazards);
// row_hazards.cc: checks, generated columns and unique indexes that would judge
// a row that is half written.
void FindRowHazards(const plan::ColumnMotion& motion,
                    const schema::Table& table, std::size_t at,
                    std::vector<Hazard>* hazards);
// expression_hazards.cc: what `up` and `down` read besides their row.
void FindExpressionHazards(const plan::ColumnMotion& motion,
                           const schema::Schema& schema, std::size_t at,
                           std::vector<Hazard>* hazards);
// view_hazards.cc: writes through a view name every column of the table.
void FindViewHazards(const plan::VersionView& view,
                     const db::RenderContext& context, std::size_t at,
                     std::vector<Hazard>* hazards);
// change_hazards.cc: what a change of columns or names would break.
void FindChangeHazards(const std::vector<plan::Action>& actions,
                       const db::RenderContext& context,
                       std::vector<Hazard>* hazards);

// The columns of the motion's table whose values the dual write gives only
// after the write of the application, and the generated columns over them.
std::vector<std::string> HalfWritten(const plan::ColumnMotion& motion,
                                     const schema::Table& table);
// The end of every refusal of a motion, which may be possible in the other
// access.
std::string WayOut(const plan::ColumnMotion& motion,
                   const std::string& other_way);

}  // namespace segue::sqlite
