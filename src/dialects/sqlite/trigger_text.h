// The text of the dual-write triggers; sync.h says how they work.
#pragma once

#include <string>

#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::sqlite {

// `event` is "insert" or "update".
std::string TriggerName(const plan::ColumnMotion& motion, const char* event);

// These return CREATE TRIGGER. `table` is as in CreateTriggers.
std::string InsertTrigger(const plan::ColumnMotion& motion, plan::SyncForm form,
                          const schema::Table* table);
// The result is empty when the motion needs no such trigger.
std::string UpdateTrigger(const plan::ColumnMotion& motion, plan::SyncForm form,
                          const schema::Table* table);

}  // namespace segue::sqlite
