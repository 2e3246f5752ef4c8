// What the tests of Dialect::Inspect share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/testbed.h"

namespace segue::test {

class InspectTest : public DialectTest {
 protected:
  schema::Schema Inspect() {
    if (!connection_) connection_ = db().Connect();
    return dialect().Inspect(*connection_,
                             dialect().capabilities().default_schema);
  }
  schema::Table Table(const std::string& name) {
    schema::Schema schema = Inspect();
    return schema::RequireTable(schema, name);
  }
  schema::Column Column(const std::string& table, const std::string& name) {
    return schema::RequireColumn(Table(table), name);
  }

 private:
  std::unique_ptr<db::Connection> connection_;
};

inline const schema::Index* FindIndex(const schema::Table& table,
                                      const std::string& name) {
  for (const schema::Index& index : table.indexes) {
    if (index.name == name) return &index;
  }
  return nullptr;
}

inline std::vector<std::string> NamesOf(const schema::Index& index) {
  std::vector<std::string> names;
  for (const schema::IndexColumn& column : index.columns) {
    names.push_back(column.name.empty() ? "(expression)" : column.name);
  }
  return names;
}

}  // namespace segue::test
