// One prepared statement: RAII, bound by name, read typed.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "db/connection.h"

struct sqlite3;
struct sqlite3_stmt;

namespace segue::sqlite {

class PreparedStatement {
 public:
  // Compiles the first statement of `sql`; `*rest` is what follows it. Throws
  // Error; empty() when there was only white space or a comment.
  PreparedStatement(sqlite3* database, std::string_view sql,
                    std::string_view* rest);

  bool empty() const { return statement_ == nullptr; }
  // Every $k of the statement must be among the parameters, and the other way
  // round: a forgotten one would silently be NULL.
  void Bind(const std::vector<db::Value>& parameters);
  // Runs it to its end; answers SQLite's code and fills `result`.
  int Run(db::Result* result);

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  db::Row ReadRow() const;

  sqlite3* database_;
  std::string_view sql_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace segue::sqlite
