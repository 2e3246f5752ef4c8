#include "dialects/sqlite/unknown_facts.h"

#include <algorithm>

#include "dialects/sqlite/examine.h"

namespace segue::sqlite {
namespace {

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool SaysSomething(const db::Value& value) {
  const std::string text = db::IsNull(value) ? "" : db::ToText(value);
  return !text.empty() && text != "0";
}

void Add(const std::string& what, std::vector<std::string>* facts) {
  if (!IsIn(*facts, what)) facts->push_back(what);
}

}  // namespace

const std::vector<KnownSource>& KnownSources() {
  static const std::vector<KnownSource> kSources = {
      {"sqlite_schema",
       "SELECT * FROM main.sqlite_schema WHERE tbl_name = $1 COLLATE NOCASE",
       {"type", "name", "tbl_name", "rootpage", "sql"},
       "type",
       {"table", "index", "trigger", "view"}},
      {"table_list",
       "SELECT * FROM pragma_table_list WHERE schema = 'main' AND name = $1 "
       "COLLATE NOCASE",
       {"schema", "name", "type", "ncol", "wr", "strict"},
       "type",
       {"table", "view", "virtual", "shadow"}},
      {"table_xinfo",
       "SELECT * FROM pragma_table_xinfo($1, 'main')",
       {"cid", "name", "type", "notnull", "dflt_value", "pk", "hidden"},
       "hidden",
       {"0", "1", "2", "3"}},
      {"index_list",
       "SELECT * FROM pragma_index_list($1, 'main')",
       {"seq", "name", "unique", "origin", "partial"},
       "origin",
       {"c", "u", "pk"}},
      {"index_xinfo",
       "SELECT x.* FROM pragma_index_list($1, 'main') i JOIN "
       "pragma_index_xinfo(i.name, 'main') x",
       {"seqno", "cid", "name", "desc", "coll", "key"}},
      {"foreign_key_list",
       "SELECT * FROM pragma_foreign_key_list($1, 'main')",
       {"id", "seq", "table", "from", "to", "on_update", "on_delete", "match"}},
  };
  return kSources;
}

std::vector<std::string> UnknownFacts(db::Connection& connection,
                                      const std::string& table,
                                      const std::vector<KnownSource>& known) {
  std::vector<std::string> facts;
  for (const KnownSource& source : known) {
    const db::Result result = connection.Execute(source.query, {table});
    for (std::size_t at = 0; at < result.columns.size(); ++at) {
      const std::string& column = result.columns[at];
      const std::string what = source.name + "." + column;
      for (const db::Row& row : result.rows) {
        const db::Value& value = row.at(at);
        if (!IsIn(source.columns, column) && SaysSomething(value)) {
          Add(what, &facts);
        }
        if (column == source.kind && !IsIn(source.kinds, db::ToText(value))) {
          Add(what + " '" + db::ToText(value) + "'", &facts);
        }
      }
    }
  }
  return facts;
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::UnknownFactsQuestion& question) {
  db::Answer answer;
  answer.names = UnknownFacts(connection, question.table.name, KnownSources());
  return answer;
}

}  // namespace segue::sqlite
