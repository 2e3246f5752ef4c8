#include "dialects/sqlite/version_refusal.h"

#include <string_view>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/version_views.h"

namespace segue::sqlite {
namespace {

// The source of the rows of a view that refuses. No view that segue publishes
// has it otherwise.
constexpr std::string_view kRefuses = " FROM json_each('{}', ";

struct View {
  std::string name;
  std::string sql;
};

std::vector<View> ViewsOf(db::Connection& connection,
                          const std::string& version) {
  std::vector<View> views;
  for (const db::Row& row :
       connection
           .Execute("SELECT name, sql FROM main.sqlite_schema WHERE type = "
                    "'view' AND instr(sql, $1) > 0 ORDER BY name",
                    {PublishedMark(version)})
           .rows) {
    View view{db::ToText(row[0]), db::ToText(row[1])};
    const auto published = ReadPublished(view.name, view.sql);
    if (!published || published->version_schema != version) continue;
    views.push_back(std::move(view));
  }
  return views;
}

bool Refuses(const View& view) {
  return view.sql.find(kRefuses) != std::string::npos;
}

// The text up to the mark has the names of the columns. They are read from it,
// because SQLite does not tell the columns of a view whose table is gone.
std::vector<std::string> ColumnsOf(const View& view) {
  const std::string head = view.sql.substr(0, view.sql.find(kPublishedMark));
  std::vector<std::string> columns;
  bool listed = false;
  for (const Token& token : Tokenize(head)) {
    if (token.IsSymbol('(')) {
      listed = true;
    } else if (listed && !token.IsSymbol(',')) {
      columns.push_back(NameOf(token));
    }
  }
  return columns;
}

// The message of the error is about the path, which is the reason. The rows
// come from a function, because SQLite would compare constants before it asks
// for a row. It would do so with "a = 1 AND b = 2", too, if both were the same
// column, which the plus hides.
std::string RefusingView(const View& view, std::size_t columns,
                         const std::string& reason) {
  const std::string_view text = view.sql;
  constexpr std::string_view kEnd = " */ ";
  const std::size_t mark = text.find(kPublishedMark);
  const std::size_t end = text.find(kEnd, mark) + kEnd.size();
  const std::vector<std::string> values(columns, "+r.value");
  return std::string(text.substr(0, end)) + "SELECT " +
         base::Join(values, ", ") + std::string(kRefuses) + Literal(reason) +
         ") AS r";
}

void Refuse(db::Connection& connection, const View& view,
            const std::string& reason) {
  InsteadOf triggers;
  triggers.view = view.name;
  triggers.refusal = reason;
  const std::string refusing =
      RefusingView(view, ColumnsOf(view).size(), reason);
  connection.Execute(DropUpdatableView(view.name).sql);
  connection.Execute(refusing);
  for (const Statement& trigger : InsteadOfTriggers(triggers)) {
    connection.Execute(trigger.sql);
  }
}

}  // namespace

void RefuseVersion(db::Connection& connection,
                   const std::string& version_schema,
                   const std::string& reason) {
  for (const View& view : ViewsOf(connection, version_schema)) {
    if (!Refuses(view)) Refuse(connection, view, reason);
  }
}

void RemoveRefused(db::Connection& connection,
                   const std::string& version_schema) {
  for (const View& view : ViewsOf(connection, version_schema)) {
    if (Refuses(view)) connection.Execute(DropUpdatableView(view.name).sql);
  }
}

}  // namespace segue::sqlite
