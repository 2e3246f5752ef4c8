// What applications do with tables and views, as far as SQLite can tell without
// a row.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialects/sqlite/connection.h"
#include "segue/error.h"

namespace segue::sqlite {

// True when SQLite says in words what is wrong with a statement or the schema,
// and for segue's own refusals. An error about a row, or about the
// surroundings, has a code of its own.
bool IsAboutStatement(const Error& error);

// Returns the reason with the places of the schema that mention what SQLite
// does not know: "unknown function: f() (generated column 'g' of table 't')".
std::string WithPlaces(db::Connection& connection, const std::string& reason);

// Compiles reads and writes of every table and view, together with the triggers
// that they fire. The connection must outlive the object.
class Uses {
 public:
  explicit Uses(SqliteConnection& connection) : connection_(connection) {}

  // Notes what does not work before anything is changed.
  void Note();

  // Throws the error of the first read or write that worked and does not work
  // any more, and of the first one of a new table or view that does not work
  // for a reason that was not there before. `schema` is "main" or "temp".
  void Require(const std::string& schema) const;

 private:
  struct Use {
    std::string what;  // "INSERT"
    std::string sql;
  };
  struct Relation {
    std::string name;
    bool is_view = false;
  };

  std::vector<Relation> Relations(const std::string& schema) const;
  std::vector<Use> UsesOf(const Relation& relation) const;
  std::optional<Error> Objection(const std::string& sql) const;
  void RequireOne(const Relation& relation, const Use& use) const;

  SqliteConnection& connection_;
  std::set<std::string> known_;  // tables and views
  std::set<std::string> known_objections_;
  std::set<std::string> broken_;  // "INSERT t"
};

}  // namespace segue::sqlite
