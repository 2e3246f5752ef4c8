#include "dialects/sqlite/schema_copy.h"

#include <cstddef>

#include "base/text.h"
#include "dialects/sqlite/names.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

// Everything but virtual tables and the tables in which their modules keep
// rows.
constexpr char kObjects[] =
    "SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema WHERE "
    "tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' "
    "AND type = 'shadow') AND (sql IS NULL OR sql NOT LIKE 'CREATE VIRTUAL%') "
    "ORDER BY rowid";
constexpr char kVirtualTables[] =
    "SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema WHERE "
    "sql LIKE 'CREATE VIRTUAL%' ORDER BY rowid";

std::string StandIn(std::size_t number) {
  return "segue_stand_in_" + std::to_string(number);
}

// Takes a page of the kind that the object's rows need: those of an index and
// of a table without rowid are kept by their key.
void TakePage(db::Connection& copy, const std::string& stand_in,
              const db::Row& object, const std::string& text) {
  const bool keyed = db::ToText(object[0]) == "index" || IsWithoutRowid(text);
  copy.Execute("CREATE TABLE " + stand_in +
               (keyed ? " (x PRIMARY KEY) WITHOUT ROWID" : " (x)"));
}

void PutText(db::Connection& copy, const std::string& stand_in,
             const db::Row& object, bool has_page) {
  if (has_page) {
    copy.Execute(
        "UPDATE sqlite_schema SET type = $1, name = $2, tbl_name = $3, sql = "
        "$4 WHERE name = " +
            Literal(stand_in),
        {object[0], object[1], object[2], object[4]});
    return;
  }
  copy.Execute("INSERT INTO sqlite_schema VALUES ($1, $2, $3, 0, $4)",
               {object[0], object[1], object[2], object[4]});
}

// SQLite reads the whole schema anew once, at the end, because that takes as
// long as all texts together.
void CopyTexts(db::Connection& source, db::Connection& copy) {
  const db::Result objects = source.Execute(kObjects);
  const auto has_page = [](const db::Row& object) {
    return !db::IsNull(object[3]) && db::ToInt(object[3]) > 0;
  };
  copy.ExecuteScript("BEGIN");
  for (std::size_t i = 0; i < objects.rows.size(); ++i) {
    const db::Row& object = objects.rows[i];
    const std::string text = db::IsNull(object[4]) ? "" : db::ToText(object[4]);
    if (has_page(object)) TakePage(copy, StandIn(i), object, text);
  }
  copy.ExecuteScript("PRAGMA writable_schema = ON");
  for (std::size_t i = 0; i < objects.rows.size(); ++i) {
    PutText(copy, StandIn(i), objects.rows[i], has_page(objects.rows[i]));
  }
  copy.ExecuteScript("COMMIT; PRAGMA writable_schema = RESET");
  copy.Execute("SELECT count(*) FROM sqlite_schema");
}

// A module keeps its own rows in tables of its own, and finds fault with a
// table of which they are missing. So it makes a table anew; where this SQLite
// does not have the module, the text alone stands for the table.
void MakeVirtualTables(db::Connection& source, db::Connection& copy) {
  for (const db::Row& object : source.Execute(kVirtualTables).rows) {
    try {
      copy.Execute(db::ToText(object[4]));
    } catch (const Error& error) {
      if (error.poisons_connection()) throw;
      copy.ExecuteScript("PRAGMA writable_schema = ON");
      PutText(copy, "", object, false);
      copy.ExecuteScript("PRAGMA writable_schema = RESET");
    }
  }
}

// A row that the copy refuses is left out: an index may have a collation that
// only the application knows.
void CopyRow(db::Connection& source, db::Connection& copy,
             const std::string& table) {
  try {
    std::vector<std::string> columns;
    for (const db::Row& row :
         source
             .Execute("SELECT name FROM pragma_table_xinfo($1, 'main') WHERE "
                      "hidden = 0 ORDER BY cid",
                      {table})
             .rows) {
      columns.push_back(Quote(db::ToText(row[0])));
    }
    const std::string list = base::Join(columns, ", ");
    const db::Result found = source.Execute("SELECT " + list + " FROM main." +
                                            Quote(table) + " LIMIT 1");
    if (found.rows.empty()) return;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      values.push_back("$" + std::to_string(i + 1));
    }
    copy.Execute("INSERT INTO " + Quote(table) + " (" + list + ") VALUES (" +
                     base::Join(values, ", ") + ")",
                 found.rows[0]);
  } catch (const Error& error) {
    if (error.poisons_connection()) throw;
  }
}

}  // namespace

std::unique_ptr<SqliteConnection> CopySchema(
    db::Connection& source, const std::vector<std::string>& tables) {
  db::Url memory;
  memory.database = ":memory:";
  auto copy = std::make_unique<SqliteConnection>(memory);
  CopyTexts(source, *copy);
  MakeVirtualTables(source, *copy);
  for (const std::string& table : tables) CopyRow(source, *copy, table);
  return copy;
}

}  // namespace segue::sqlite
