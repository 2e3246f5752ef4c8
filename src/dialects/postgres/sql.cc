#include "dialects/postgres/sql.h"

#include "base/text.h"

namespace segue::postgres {

std::string Ident(std::string_view name) { return base::Quoted(name, '"'); }

std::string Literal(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) {
    return base::Quoted(text, '\'');
  }
  std::string doubled;
  for (char c : text) doubled.append(c == '\\' ? 2 : 1, c);
  return "E" + base::Quoted(doubled, '\'');
}

std::string Literals(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(Literal(text));
  return base::Join(quoted, ", ");
}

std::string Name(const schema::TableName& table) {
  if (table.schema.empty()) return Ident(table.name);
  return Ident(table.schema) + "." + Ident(table.name);
}

std::string Idents(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(Ident(name));
  return base::Join(quoted, ", ");
}

std::string Filled(std::string text, std::string_view mark,
                   std::string_view by) {
  return text.replace(text.find(mark), mark.size(), by);
}

std::string FilledAll(const std::string& text, const Marks& marks) {
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    std::string by = text.substr(at, 1);
    for (const auto& [mark, value] : marks) {
      if (text.compare(at, mark.size(), mark) != 0) continue;
      length = mark.size();
      by = value;
    }
    filled += by;
    at += length;
  }
  return filled;
}

std::string CommentOf(const std::string& oid, const std::string& catalog,
                      const std::string& part) {
  return "(SELECT v.description FROM pg_catalog.pg_description v WHERE "
         "v.objoid = " +
         oid + " AND v.classoid = 'pg_catalog." + catalog +
         "'::regclass::oid AND v.objsubid = " + part + ")";
}

std::string ColumnOptionsSql() {
  return "(SELECT pg_catalog.array_agg(o.item) FROM "
         "pg_catalog.unnest(a.attoptions) o(item) WHERE "
         "pg_catalog.left(o.item, 10) <> 'pg_attver='::text)";
}

std::string Regclass(const schema::TableName& table) {
  return Literal(Name(table)) + "::regclass";
}

int MajorVersion(std::string_view server_version) {
  constexpr int kUsual = 15;
  const std::size_t start = server_version.find_first_of("0123456789");
  if (start == std::string_view::npos) return kUsual;
  int major = 0;
  for (char c : server_version.substr(start, 3)) {
    if (c < '0' || c > '9') break;
    major = major * 10 + (c - '0');
  }
  return major;
}

}  // namespace segue::postgres
