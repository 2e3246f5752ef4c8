#include "dialects/sqlite/uses.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "dialects/sqlite/create_table_text.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

constexpr int kPrimaryCode = 0xff;  // the part of a code without its extension
constexpr int kGeneralError = 1;    // SQLITE_ERROR
constexpr int kSchemaIsBad = 11;    // SQLITE_CORRUPT

bool MentionsName(std::string_view sql, const std::string& name) {
  const std::vector<Token> tokens = Tokenize(sql);
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return SameName(NameOf(token), name);
  });
}

// Returns what SQLite does not know, if that is what the reason says.
std::string UnknownName(const std::string& reason) {
  for (const char* head :
       {"unknown function: ", "no such function: ",
        "no such collation sequence: ", "no such module: "}) {
    const std::size_t at = reason.find(head);
    if (at == std::string::npos) continue;
    const std::string rest = reason.substr(at + std::string(head).size());
    return rest.substr(0, rest.find('('));
  }
  return "";
}

std::string PlaceIn(const std::string& type, const std::string& table,
                    const std::string& sql, const std::string& name) {
  if (type == "table") {
    for (const ColumnText& column : ColumnTexts(sql)) {
      if (!MentionsName(column.generated_sql, name)) continue;
      return "generated column '" + column.name + "' of table '" + table + "'";
    }
  }
  return type + " '" + table + "'";
}

bool IsReadOnly(const Error& error) {
  return std::string_view(error.what()).find("because it is a view") !=
         std::string_view::npos;
}

}  // namespace

bool IsAboutStatement(const Error& error) {
  if (error.native_code().empty()) return true;
  const int code = std::stoi(error.native_code()) & kPrimaryCode;
  return code == kGeneralError || code == kSchemaIsBad;
}

std::string WithPlaces(db::Connection& connection, const std::string& reason) {
  const std::string name = UnknownName(reason);
  if (name.empty()) return reason;
  std::vector<std::string> places;
  for (const db::Row& row :
       connection
           .Execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS "
                    "NOT NULL ORDER BY rowid")
           .rows) {
    const std::string sql = db::ToText(row[2]);
    if (!MentionsName(sql, name)) continue;
    places.push_back(
        PlaceIn(db::ToText(row[0]), db::ToText(row[1]), sql, name));
  }
  if (places.empty()) return reason;
  return reason + " (" + base::Join(places, ", ") +
         "), which only the application has";
}

std::vector<Uses::Relation> Uses::Relations(const std::string& schema) const {
  std::vector<Relation> relations;
  const db::Result found = connection_.Execute(
      "SELECT name, type = 'view' FROM " + schema +
      ".sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB "
      "'sqlite_*' AND sql NOT LIKE 'CREATE VIRTUAL%'");
  for (const db::Row& row : found.rows) {
    relations.push_back({db::ToText(row[0]), db::ToInt(row[1]) != 0});
  }
  return relations;
}

std::vector<Uses::Use> Uses::UsesOf(const Relation& relation) const {
  const std::string name = Quote(relation.name);
  std::vector<Use> uses = {
      {"SELECT", "SELECT * FROM " + name},
      {"INSERT", "INSERT INTO " + name + " DEFAULT VALUES"},
      {"DELETE", "DELETE FROM " + name}};
  std::vector<std::string> sets;
  try {
    for (const db::Row& row :
         connection_
             .Execute("SELECT name FROM pragma_table_xinfo($1) WHERE hidden = "
                      "0 ORDER BY cid",
                      {relation.name})
             .rows) {
      const std::string column = Quote(db::ToText(row[0]));
      sets.push_back(column + " = " + column);
    }
  } catch (const Error& error) {
    if (!IsAboutStatement(error)) throw;
    return uses;  // the SELECT says what is wrong
  }
  if (!sets.empty()) {
    uses.push_back(
        {"UPDATE", "UPDATE " + name + " SET " + base::Join(sets, ", ")});
  }
  return uses;
}

std::optional<Error> Uses::Objection(const std::string& sql) const {
  try {
    connection_.Compile(sql);
    return std::nullopt;
  } catch (const Error& error) {
    if (!IsAboutStatement(error)) throw;
    // The sessions of the application have what this one does not know.
    if (!UnknownName(error.what()).empty()) return std::nullopt;
    return error;
  }
}

void Uses::Note() {
  for (const Relation& relation : Relations("main")) {
    known_.insert(relation.name);
    for (const Use& use : UsesOf(relation)) {
      const std::optional<Error> objection = Objection(use.sql);
      if (!objection) continue;
      broken_.insert(use.what + " " + relation.name);
      known_objections_.insert(objection->what());
    }
  }
}

void Uses::RequireOne(const Relation& relation, const Use& use) const {
  if (broken_.count(use.what + " " + relation.name) > 0) return;
  const std::optional<Error> objection = Objection(use.sql);
  if (!objection) return;
  // A view that is new need not take every kind of write, and shows a table
  // with the faults that the table had.
  const bool is_new = known_.count(relation.name) == 0;
  if (is_new && (IsReadOnly(*objection) ||
                 known_objections_.count(objection->what()) > 0)) {
    return;
  }
  throw Error(objection->kind(), use.what + " of '" + relation.name +
                                     "' is not possible: " + objection->what())
      .WithCode(objection->native_code())
      .WithSql(use.sql);
}

void Uses::Require(const std::string& schema) const {
  for (const Relation& relation : Relations(schema)) {
    for (const Use& use : UsesOf(relation)) RequireOne(relation, use);
  }
}

}  // namespace segue::sqlite
