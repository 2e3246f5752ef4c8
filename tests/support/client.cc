#include "tests/support/client.h"

#include <chrono>
#include <thread>

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

std::string Client::ErrorOf(const std::string& sql) {
  try {
    Query(sql);
    return "";
  } catch (const ClientError& error) {
    return error.what();
  }
}

bool Client::Fails(const std::string& sql) { return !ErrorOf(sql).empty(); }

void WaitUntil(Client& client, const std::string& sql, const Cell& wanted) {
  using std::chrono::steady_clock;
  auto deadline = steady_clock::now() + std::chrono::minutes(3);
  while (client.One(sql) != wanted) {
    if (steady_clock::now() > deadline) {
      throw ClientError("waited in vain for: " + sql, "");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace segue::test
