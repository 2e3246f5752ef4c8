// Where names without a schema are found, and which names the server prints
// without one.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::postgres {

// Unqualified names in the user's SQL are searched first in the migrated
// schema, which may be empty for none, and then in the role's own search_path,
// where extensions live. pg_catalog always comes before both.
void SetSearchPath(const std::string& schema, db::Connection& session);

// While an object of this class lives, the server prints every name with its
// schema but those of the schema at work and its own. What it prints means the
// same later, whatever others create in the schemas of the path.
class QualifiedNames {
 public:
  QualifiedNames(db::Connection& connection, const std::string& schema);
  ~QualifiedNames();
  QualifiedNames(const QualifiedNames&) = delete;
  QualifiedNames& operator=(const QualifiedNames&) = delete;

 private:
  db::Connection& connection_;
  std::string former_;
};

// Returns a SELECT of `condition`, which reads what the server prints, with
// names printed in this way. The path is as it was after the statement.
std::string WithQualifiedNames(const std::string& schema,
                               const std::string& condition);

}  // namespace segue::postgres
