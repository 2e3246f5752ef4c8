// The parts of SQL that several of the render_*.cc files share.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "dialects/postgres/sql.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

inline constexpr const char* kAccessExclusive = "ACCESS EXCLUSIVE";
inline constexpr const char* kShareRowExclusive = "SHARE ROW EXCLUSIVE";
inline constexpr const char* kShareUpdateExclusive = "SHARE UPDATE EXCLUSIVE";
inline constexpr const char* kMilliseconds = "milliseconds, any size";

// CREATE INDEX CONCURRENTLY and DROP INDEX CONCURRENTLY wait for every older
// transaction, and these waits count towards lock_timeout. Neither reads nor
// writes queue behind them, so they may wait longer than other DDL.
inline constexpr const char* kConcurrentBudget = "10min";
inline constexpr std::chrono::milliseconds kConcurrentBudgetTime{600'000};

LockNeed Lock(const char* mode, const schema::TableName& table,
              const db::RenderContext& context,
              const char* hold = kMilliseconds);

// Returns the name as it is written after FROM to read the rows that an index,
// and hence a unique constraint or a foreign key, holds for: the rows of tables
// that inherit from the table are not among them, those of partitions are.
std::string RowsOfOwn(const schema::TableName& table,
                      const schema::Schema& schema);

// Returns an expression for the oid of a table or view; NULL when it does not
// exist.
std::string Relation(const schema::TableName& table);

// Returns a DO statement of the text with its marks replaced.
std::string Block(const std::string& text, const Marks& marks);

// Returns "ALTER TABLE "public"."users" ".
std::string AlterTable(const schema::TableName& table);

// Takes the privileges on a table or view from everybody but its owner. Default
// privileges may have given some on what was just created.
std::string RevokeOnTable(const schema::TableName& table);

std::vector<Statement> Statements(std::vector<std::string> sql);

// Puts the schema in the place of db::kSchemaMark.
std::string InSchema(std::string sql, const std::string& schema);

// These return a SELECT of one boolean, for probes.
std::string ColumnExists(const schema::TableName& table,
                         const std::string& column);
// `condition` is a further condition over pg_constraint.
std::string ConstraintExists(const schema::TableName& table,
                             const std::string& constraint,
                             const std::string& condition = "true");
// `condition` is a further condition over pg_trigger.
std::string TriggerExists(const schema::TableName& table,
                          const std::string& trigger,
                          const std::string& condition = "true");
// `condition` is a further condition over pg_index, whose alias is i.
std::string IndexExists(const schema::TableName& table,
                        const std::string& index,
                        const std::string& condition = "true");

std::string CreateIndexSql(const schema::TableName& table,
                           const schema::Index& index, bool concurrently,
                           const char* only = "");

// Wraps statements that run outside a transaction in a longer lock budget.
std::vector<Statement> Patiently(std::vector<Statement> statements,
                                 const db::RenderContext& context);
// The statement drops the name only if it is an index of this table, because
// somebody else may have taken the name.
Statement DropConcurrently(const schema::TableName& table,
                           const std::string& index,
                           const std::string& condition = "true");

// Returns groups of rows that a unique index over these columns would refuse,
// as a text each. `rows` is what stands after FROM.
std::string DuplicateRowsSql(const std::string& rows,
                             const schema::Index& index);
std::string DuplicateKeysSql(const schema::TableName& table,
                             const schema::Index& index);
// Returns a SELECT of a text about the rows that have NULL in the column, if
// there are any.
std::string RowsWithNullSql(const schema::TableName& table,
                            const std::string& column, const std::string& shown,
                            const db::RenderContext& context);
// Returns the index of a unique constraint or a primary key.
schema::Index IndexOfKey(const schema::Constraint& constraint);

// Returns the collation as it is written after COLLATE. A bare name is quoted;
// a name from Inspect is quoted already and stays as it is.
std::string CollationSql(const std::string& collation);

}  // namespace segue::postgres
