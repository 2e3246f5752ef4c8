#include "dialects/postgres/query_references.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

db::RemovedColumns Name() {
  return {{{"users", "name"}}, {"public", "public_01_t"}, true};
}

void ExpectRefers(bool refers, const std::vector<std::string>& queries) {
  for (const std::string& query : queries) {
    EXPECT_EQ(RefersTo(query, Name()), refers) << query;
  }
}

TEST(RefersToTest, FindsTheColumnWhereverAQueryHasIt) {
  ExpectRefers(
      true,
      {"SELECT name FROM users", "SELECT u.name FROM public.users u",
       "SELECT 1 FROM users WHERE lower(name) = $1",
       "SELECT id FROM users ORDER BY name",
       "UPDATE users SET name = $1 WHERE id = $2",
       "UPDATE orders o SET x = u.name FROM users u WHERE u.id = o.id",
       "INSERT INTO users (id, name) VALUES ($1, $2)",
       ("INSERT INTO users (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET "
        "name = $2"),
       "INSERT INTO users (id) VALUES ($1) ON CONFLICT (name) DO NOTHING",
       "INSERT INTO users (id) VALUES ($1) RETURNING name",
       "DELETE FROM users WHERE name IS NULL",
       "WITH x AS (SELECT name FROM users) SELECT 1 FROM x",
       "SELECT (SELECT name FROM users LIMIT $1)",
       "COPY users (id, name) FROM stdin",
       "COPY (SELECT name FROM users) TO stdout",
       "DECLARE c CURSOR FOR SELECT name FROM users",
       "SELECT users.name FROM public_01_t.users"});
}

TEST(RefersToTest, AllColumnsAreOne) {
  const std::vector<std::string> all = {
      "SELECT * FROM users",
      "SELECT u.* FROM users u",
      "SELECT row_to_json(users) FROM users",
      "INSERT INTO users VALUES ($1, $2)",
      "COPY users TO stdout",
      "SELECT count(*), u FROM users u GROUP BY u"};
  ExpectRefers(true, all);
  db::RemovedColumns removed = Name();
  removed.all_counts = false;
  for (const std::string& query : all) {
    EXPECT_FALSE(RefersTo(query, removed)) << query;
  }
}

TEST(RefersToTest, LeavesOutWhatIsOfSomethingElse) {
  ExpectRefers(false,
               {"SELECT id FROM users", "SELECT name FROM other",
                "SELECT full_name AS name FROM users",
                "SELECT o.name FROM users u JOIN other o ON o.id = u.id",
                "SELECT name FROM elsewhere.users",
                "SELECT full_name FROM users WHERE id = $1",
                "SELECT count(*) FROM users", "ALTER TABLE users DROP name",
                "EXPLAIN SELECT name FROM users",
                "SELECT name FROM users WHERE _segue_d = 0",
                "SELECT o.* FROM other o, users u WHERE u.id = $1"});
}

TEST(RefersToTest, AQueryThatItCannotReadCountsByItsWords) {
  ExpectRefers(true, {"SELECT name FROM users WHERE {x}"});
  ExpectRefers(false, {"SELECT full_name FROM users WHERE {x}"});
}

}  // namespace
}  // namespace segue::postgres
