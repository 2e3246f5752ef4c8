#include "dialects/postgres/row_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::optional<RowUse> Use(const std::string& body,
                          const std::vector<std::string>& transitions = {}) {
  return UseOfRow(
      "CREATE OR REPLACE FUNCTION public.f()\n RETURNS trigger\n LANGUAGE "
      "plpgsql\nAS $function$ " +
          body + " $function$\n",
      "u", transitions);
}

// Says what the body, which has to be readable, does with its row.
std::string Words(const std::string& body,
                  const std::vector<std::string>& transitions = {}) {
  const std::optional<RowUse> use = Use(body, transitions);
  if (!use) return "unreadable";
  std::string words;
  if (use->fixed_shape) words += "fixed ";
  if (use->passes_row) words += "passed ";
  if (use->builds_sql) words += "built ";
  return words;
}

std::set<std::string> Columns(
    const std::string& body, const std::vector<std::string>& transitions = {}) {
  const std::optional<RowUse> use = Use(body, transitions);
  return use ? use->columns : std::set<std::string>{"unreadable"};
}

// A server was asked each of these: the function fails, or does something else,
// once the table has another column.
TEST(RowUseTest, FindsWhatAnotherColumnBreaks) {
  for (const char* body :
       {"begin insert into h values (old.*); return null; end",
        "begin insert into h select new.*; return null; end",
        "begin insert into h select now(), (new).*; return null; end",
        "declare r record; begin r := new; insert into h values (r.*); "
        "return null; end",
        "declare r u%rowtype; begin select * into r from u where id = 1; "
        "insert into h values (r.*); return null; end",
        "declare r public.u; begin r := old; insert into h values (r.*); "
        "return null; end",
        "declare r record := old; begin insert into h values (r.*); "
        "return null; end",
        "declare r record; begin for r in select * from u loop insert into h "
        "select r.*; end loop; return null; end",
        "declare r record; q record; begin loop insert into h values (q.*); "
        "q := r; r := new; end loop; end",
        "begin insert into h select (x).* from (select new as x) q; "
        "return null; end",
        "begin insert into h select x.* from (select new.*) x; return null; "
        "end",
        "begin insert into h select * from u where id = new.id; return null; "
        "end",
        "begin with x as (select old.*) insert into h select * from x; "
        "return null; end",
        "begin update h set (id, a) = row(new.*) where id = new.id; return "
        "null; end",
        "begin perform 1 where (new.*) in (select * from h); return null; end",
        "begin perform new.* union select * from h; return null; end",
        "begin if new = row(1, 2, 3) then null; end if; return null; end",
        "begin if row(new.*) is distinct from row(1, 2) then null; end if; "
        "return null; end",
        "begin perform new::text::h; return null; end",
        "begin if new is not null then null; end if; return null; end"}) {
    EXPECT_THAT(Words(body), ::testing::HasSubstr("fixed")) << body;
  }
}

TEST(RowUseTest, LeavesAloneWhatAnyColumnsDoFor) {
  for (const char* body :
       {"begin new.a := now(); return new; end",
        "begin if tg_op = 'DELETE' then return old; end if; return new; end",
        "begin return coalesce(new, old); end",
        "begin if new.* is distinct from old.* then new.a := 1; end if; "
        "return new; end",
        "begin if new is distinct from old then return null; end if; return "
        "new; end",
        "begin if row(new.*) is distinct from row(old.*) then return null; "
        "end if; return new; end",
        "declare r h%rowtype; begin r := new; insert into h values (r.*); "
        "return null; end",
        "declare r record; begin select new.* into r; return r; end",
        "begin if exists (select * from u where a = new.a) then null; end if; "
        "return new; end",
        "begin insert into h select o.* from other o where o.id = new.id; "
        "return new; end",
        "begin insert into h select o.* from other o join u on o.id = u.id; "
        "return new; end",
        "begin perform * from u; return new; end",
        "begin insert into h values (new.id, new.a * 2); return new; end",
        "begin new := jsonb_populate_record(new, '{}'); return new; end",
        "begin raise notice 'new.* % old.*', 'select old.*'; -- new.*\n "
        "return new; end"}) {
    EXPECT_EQ(Words(body), "") << body;
  }
}

TEST(RowUseTest, TellsWhatTheRowIsPassedTo) {
  EXPECT_EQ(Words("begin perform pg_notify('x', row_to_json(new)::text); "
                  "return null; end"),
            "passed ");
  EXPECT_EQ(Words("begin insert into audit(data) values (to_jsonb(old.*)); "
                  "return null; end"),
            "passed ");
  EXPECT_EQ(Words("begin insert into audit(data) values (hstore(new) - "
                  "hstore(old)); return null; end"),
            "passed ");
  EXPECT_EQ(Words("begin insert into audit values (new::text); return null; "
                  "end"),
            "passed ");
  EXPECT_EQ(Words("begin call audit(new); return null; end"), "passed ");
}

TEST(RowUseTest, TellsWhatIsBuiltAsText) {
  EXPECT_EQ(Words("begin execute 'insert into h select ($1).*' using new; "
                  "return null; end"),
            "fixed passed built ");
  EXPECT_EQ(Words("begin execute format('select ($1).%I', tg_argv[0]) using "
                  "new; return null; end"),
            "passed built ");
  EXPECT_EQ(Words("begin execute 'analyze h'; return null; end"), "built ");
}

TEST(RowUseTest, NamesTheColumnsOfTheRowOnly) {
  EXPECT_THAT(Columns("begin new.a := lower(new.b::text); return new; end"),
              ElementsAre("a", "b"));
  EXPECT_THAT(Columns("begin select 1, 2 into new.a, new.\"B c\"; perform "
                      "(old).d; return new; end"),
              ElementsAre("B c", "a", "d"));
  EXPECT_THAT(Columns("declare r record; begin r := new; return coalesce("
                      "r.a, 1); end"),
              ElementsAre("a"));
  // The name is that of a type, of a column of another table, in a string and
  // in a comment.
  EXPECT_THAT(Columns("begin perform 'x'::text, t.text, 'new.text' from t; "
                      "/* new.text */ return new; end"),
              IsEmpty());
}

TEST(RowUseTest, TakesATransitionTableForTheRows) {
  EXPECT_EQ(Words("begin insert into h select * from fresh; return null; end",
                  {"fresh"}),
            "fixed ");
  EXPECT_EQ(
      Words("begin perform count(*) from fresh; return null; end", {"fresh"}),
      "");
  EXPECT_THAT(Columns("begin insert into h select name, f.code from fresh f; "
                      "return null; end",
                      {"fresh"}),
              ElementsAre("code", "name"));
}

TEST(RowUseTest, SaysSoOfWhatItCannotRead) {
  EXPECT_EQ(Use("begin this is nothing; end"), std::nullopt);
  EXPECT_EQ(Use("declare n alias for new; begin insert into h values (n.*); "
                "return null; end"),
            std::nullopt);
  EXPECT_EQ(Use(""), std::nullopt);
  EXPECT_EQ(UseOfRow("SELECT 1", "u", {}), std::nullopt);
}

}  // namespace
}  // namespace segue::postgres
