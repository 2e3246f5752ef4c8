// Views of several tables: what they show, and that they take no writes.
#include "tests/conformance/render_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class ViewSourceTest : public RenderedActions {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    Prepare(
        "CREATE TABLE \"left T\"(id integer PRIMARY KEY, name text);"
        "CREATE TABLE r(user_id integer PRIMARY KEY, name text, "
        "\"zIP\" text);"
        "INSERT INTO \"left T\" VALUES (1, 'ann'), (2, 'bob');"
        "INSERT INTO r VALUES (1, 'x', '8000'), (7, 'y', '9000')");
  }
  schema::TableName Table(const std::string& name) {
    return {dialect().capabilities().has_schemas ? "public" : "", name};
  }
  // A column of the view and where it lives.
  static schema::Column Column(const std::string& name,
                               const std::string& stored_as,
                               const std::string& type = "text") {
    schema::Column column;
    column.name = name;
    column.type = type;
    column.stored_as = stored_as == name ? "" : stored_as;
    return column;
  }
  plan::VersionView Joined() {
    plan::VersionView view;
    view.source = plan::Join{
        Table("left T"), Table("r"), {{"id", "user_id"}}, {"city", "zip"}};
    view.name = "users v";
    view.columns = {Column("id", "id", "integer"), Column("zip", "zIP"),
                    Column("name", "name"), Column("city", "name")};
    return view;
  }
  plan::VersionView United() {
    db().Exec(
        "CREATE TABLE p2(name text, id integer PRIMARY KEY);"
        "INSERT INTO p2 VALUES ('cid', 3), ('bob', 2)");
    plan::VersionView view;
    view.source = plan::Union{{Table("left T"), Table("p2")}};
    view.name = "users v";
    view.columns = {Column("id", "id", "integer"), Column("nick", "name")};
    return view;
  }
  std::string Read(Client& client) {
    return ToLines(client.Query("SELECT * FROM \"users v\" ORDER BY id, 2"));
  }
  void ExpectReadOnly(Client& client) {
    for (const char* sql :
         {"INSERT INTO \"users v\"(id) VALUES (9)",
          "UPDATE \"users v\" SET id = 9", "DELETE FROM \"users v\""}) {
      try {
        client.Query(sql);
        ADD_FAILURE() << sql << " was not refused";
      } catch (const ClientError& error) {
        EXPECT_THAT(error.what(), HasSubstr(Text("no writes into 'users v'")));
      }
    }
  }
  // An application of a version with this view.
  std::unique_ptr<Client> Publish(const plan::VersionView& view) {
    const plan::PublishVersion publish{"public_02_x", {view}};
    ThereAndBack(publish);
    Do(publish);
    std::unique_ptr<Client> client = db().NewClient();
    client->Query(dialect().VersionSessionSql(
        *connection_, dialect().capabilities().default_schema, "public_02_x"));
    return client;
  }
};

constexpr char kJoinedRows[] = "1|8000|ann|x\n2|NULL|bob|NULL\n";

TEST_P(ViewSourceTest, AJoinShowsEachRowOfTheLeft) {
  const std::unique_ptr<Client> client = Publish(Joined());
  EXPECT_EQ(Read(*client), kJoinedRows);
  ExpectReadOnly(*client);
  db().Exec("INSERT INTO r VALUES (2, 'z', '1')");
  EXPECT_EQ(Read(*client), "1|8000|ann|x\n2|1|bob|z\n");
  Do(plan::RetireVersion{"public_02_x"});
}

TEST_P(ViewSourceTest, AUnionShowsTheRowsOfAllItsParts) {
  const std::unique_ptr<Client> client = Publish(United());
  EXPECT_EQ(Read(*client), "1|ann\n2|bob\n2|bob\n3|cid\n");
  ExpectReadOnly(*client);
  Do(plan::RetireVersion{"public_02_x"});
}

TEST_P(ViewSourceTest, AnAliasMayBeAJoin) {
  ThereAndBack(plan::PublishAlias{Joined()});
  Do(plan::PublishAlias{Joined()});
  EXPECT_EQ(Read(db().app()), kJoinedRows);
  ExpectReadOnly(db().app());
  ThereAndBack(plan::RetireAlias{Joined()});
}

SEGUE_INSTANTIATE(ViewSourceTest);

}  // namespace
}  // namespace segue::test
