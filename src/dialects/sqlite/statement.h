// A prepared statement, which its destructor finalizes.
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
  // Compiles the first statement of `sql`; `*rest` becomes the text after it.
  // The object is empty() when there was only white space or a comment. Throws
  // Error when the statement does not compile. `database` and `sql` must
  // outlive the object.
  PreparedStatement(sqlite3* database, std::string_view sql,
                    std::string_view* rest);

  bool empty() const { return statement_ == nullptr; }
  // Binds the parameters by their number. Every $k of the statement must be
  // among the parameters and the other way round, because SQLite would silently
  // use NULL for a forgotten one. Throws Error{kInternal} otherwise.
  void Bind(const std::vector<db::Value>& parameters);
  // Runs the statement to its end, fills `result` and returns SQLite's code.
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
