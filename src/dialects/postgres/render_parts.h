// What several of the render_*.cc files need.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

inline constexpr const char* kAccessExclusive = "ACCESS EXCLUSIVE";
inline constexpr const char* kShareRowExclusive = "SHARE ROW EXCLUSIVE";
inline constexpr const char* kShareUpdateExclusive = "SHARE UPDATE EXCLUSIVE";
inline constexpr const char* kMilliseconds = "milliseconds, any size";

// CREATE INDEX CONCURRENTLY and DROP INDEX CONCURRENTLY wait for every older
// transaction, and their lock waits count towards lock_timeout. Neither reads
// nor writes queue behind them, so that they may wait longer than other DDL.
inline constexpr const char* kConcurrentBudget = "10min";
inline constexpr std::chrono::milliseconds kConcurrentBudgetTime{600'000};

LockNeed Lock(const char* mode, const schema::TableName& table,
              const db::RenderContext& context,
              const char* hold = kMilliseconds);

// "ALTER TABLE "public"."users" "
std::string AlterTable(const schema::TableName& table);

std::vector<Statement> Statements(std::vector<std::string> sql);

// SELECTs of one boolean, for probes.
std::string ColumnExists(const schema::TableName& table,
                         const std::string& column);
std::string ConstraintExists(const schema::TableName& table,
                             const std::string& constraint);
// `condition` over pg_trigger.
std::string TriggerExists(const schema::TableName& table,
                          const std::string& trigger,
                          const std::string& condition = "true");
// `condition` over pg_index as i.
std::string IndexExists(const schema::TableName& table,
                        const std::string& index,
                        const std::string& condition = "true");

std::string CreateIndexSql(const schema::TableName& table,
                           const schema::Index& index, bool concurrently,
                           const char* only = "");

// The collation as it goes after COLLATE: a bare name is quoted, text that
// inspect gave (already quoted) is not.
std::string CollationSql(const std::string& collation);

}  // namespace segue::postgres
