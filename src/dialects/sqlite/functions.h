// SQL functions of segue's own sessions. They edit the text of a CREATE TABLE
// in sqlite_schema when the statement runs. An edit that was prepared at plan
// time would not fit any more after a column was renamed or dropped in between.
// Only statements of this session may use the functions, never a trigger or a
// view.
//
//   segue_set_not_null(sql, column)           -> sql
//   segue_drop_not_null(sql, column)          -> sql
//   segue_set_default(sql, column, expression) -> sql
//   segue_drop_default(sql, column)           -> sql
//   segue_column_text(sql, column, definition) -> sql
//   segue_spell_like(sql, original, name)     -> sql
//   segue_keys(table, condition)              -> text; see some_keys.h
//   segue_fail(message)         raises a constraint error
//   segue_strict_quotes(0 | 1)  whether "x" must name a column
#pragma once

struct sqlite3;

namespace segue::sqlite {

void RegisterFunctions(sqlite3* database);

}  // namespace segue::sqlite
