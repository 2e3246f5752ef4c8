#include "tests/support/client.h"

namespace segue::test {

std::string ToLines(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += "|";
      text += row[i].value_or("NULL");
    }
    text += "\n";
  }
  return text;
}

Cell Client::One(const std::string& sql) {
  Rows rows = Query(sql);
  if (rows.empty() || rows[0].empty()) {
    throw ClientError("no row: " + sql, "");
  }
  return rows[0][0];
}

bool Client::Fails(const std::string& sql) {
  try {
    Query(sql);
    return false;
  } catch (const ClientError&) {
    return true;
  }
}

}  // namespace segue::test
