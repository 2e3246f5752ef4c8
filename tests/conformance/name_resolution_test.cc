// No function and no operator of segue's own SQL is found in a schema that
// others can write. The server chooses the one whose argument types fit best,
// wherever in the search path it is, so a role that may create in the schema at
// work could otherwise run code as the runner and as every writer. The case is
// sec-search-path-shadowing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

// Creates functions and operators in the schema at work, which fit arguments of
// common types better than those of pg_catalog do, and which fail.
constexpr const char* kShadows = R"sql(
CREATE FUNCTION pg_temp.there(catalog regclass, name text, types text[])
RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $f$
DECLARE found boolean;
BEGIN
  IF catalog = 'pg_catalog.pg_operator'::regclass THEN
    SELECT true INTO found FROM pg_catalog.pg_operator o
    WHERE o.oprname = name::name
      AND o.oprnamespace = 'pg_catalog'::regnamespace
      AND o.oprleft = types[1]::regtype AND o.oprright = types[2]::regtype;
  ELSE
    SELECT true INTO found FROM pg_catalog.pg_proc p
    WHERE p.proname = name::name
      AND p.pronamespace = 'pg_catalog'::regnamespace
      AND p.proargtypes::oid[]
        = ARRAY(SELECT t::regtype::oid FROM unnest(types) t);
  END IF;
  RETURN coalesce(found, false);
END $f$;
CREATE FUNCTION pg_temp.make() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog AS $do$
DECLARE
  types text[] := ARRAY['text', 'varchar', 'bpchar', 'name', '"char"', 'oid',
    'regclass', 'regtype', 'int2', 'int4', 'int8', 'numeric', 'float8', 'bool',
    'timestamptz', 'interval', 'xid', 'tid', 'text[]', 'name[]', 'int2[]',
    'oid[]', 'int2vector', 'oidvector', 'jsonb', 'float4'];
  operators text[] := ARRAY['=', '<>', '<', '<=', '>', '>=', '~~', '!~~',
    '~', '!~', '||', '+', '-', '*', '/', '%'];
  names text[] := ARRAY['to_regclass', 'to_regnamespace', 'quote_ident', 'quote_literal', 'quote_nullable',
    'current_setting', 'set_config', 'unnest', 'pg_get_userbyid', 'string_agg',
    'array_agg', 'pg_get_expr', 'lower', 'upper', 'length',
    'acldefault', 'aclexplode', 'strpos', 'substr', 'substring',
    'split_part', 'ltrim', 'rtrim', 'btrim', 'concat',
    'concat_ws', 'pg_partition_tree', 'ceil', 'floor', 'round',
    'abs', 'regexp_replace', 'regexp_match', 'regexp_matches', 'replace',
    'left', 'right', 'to_char', 'has_schema_privilege', 'has_table_privilege',
    'has_column_privilege', 'has_database_privilege', 'pg_has_role', 'format', 'format_type',
    'obj_description', 'col_description', 'shobj_description', 'pg_get_constraintdef', 'pg_get_indexdef',
    'pg_get_triggerdef', 'pg_get_viewdef', 'pg_get_serial_sequence', 'generate_series', 'array_length',
    'cardinality', 'array_to_string', 'array_position', 'array_remove', 'string_to_array',
    'jsonb_build_array', 'jsonb_build_object', 'to_jsonb', 'num_nulls', 'num_nonnulls',
    'hashtext', 'hashtid', 'pg_typeof', 'nextval', 'pg_relation_size',
    'pg_table_size', 'pg_total_relation_size', 'pg_terminate_backend', 'pg_try_advisory_lock', 'pg_advisory_unlock',
    'pg_advisory_xact_lock', 'starts_with', 'position', 'min', 'max',
    'sum', 'count'];
  lists text[] := ARRAY['text', 'varchar', 'name', 'int4', 'int8', 'text,text',
    'varchar,text', 'varchar,varchar', 'name,text', 'text,name', 'name,name',
    'text,int4', 'varchar,int4', 'name,int4', 'text,int8', 'int4,int4',
    'int8,int4', 'int4,int8', 'text,text,text', 'varchar,text,text',
    'text,varchar,text', 'text,name,text', 'text,name,name', 'text,text,int4',
    'varchar,int4,int4', 'name,text,int4', 'text,text,text,text',
    'text,name,name,name', 'text,text,text,text,text',
    'text,text,text,text,text,text', 'timestamptz,text', 'timestamp,text',
    'name[],text', 'text[],text', 'text,timestamptz', 'regclass', 'oid,bool',
    'oid,int2', 'oid,oid', 'oid,int8'];
  made text[] := ARRAY['public.mood', 'public.short', 'elsewhere.citext'];
  l text; r text; one text; result text; types_of text[];
BEGIN
  FOREACH l IN ARRAY types LOOP FOREACH r IN ARRAY types LOOP
    FOREACH result IN ARRAY ARRAY['boolean', 'text'] LOOP
      EXECUTE pg_catalog.format('CREATE FUNCTION public.%I(%s, %s) RETURNS %s '
        'LANGUAGE plpgsql AS $$BEGIN RAISE ''an operator of (%s, %s) is '
        'shadowed''; END$$',
        'shadow_' || result, l, r, result, pg_catalog.replace(l, '"', ''),
        pg_catalog.replace(r, '"', ''));
    END LOOP;
    FOREACH one IN ARRAY operators LOOP
      IF NOT pg_temp.there('pg_catalog.pg_operator', one, ARRAY[l, r]) THEN
        EXECUTE pg_catalog.format('CREATE OPERATOR public.%s (LEFTARG = %s, '
          'RIGHTARG = %s, FUNCTION = public.%I)', one, l, r,
          'shadow_' || CASE WHEN one IN ('||', '+', '-', '*', '/', '%')
            THEN 'text' ELSE 'boolean' END);
      END IF;
    END LOOP;
  END LOOP; END LOOP;
  FOREACH one IN ARRAY names LOOP FOREACH l IN ARRAY lists LOOP
    types_of := pg_catalog.string_to_array(l, ',');
    CONTINUE WHEN pg_temp.there('pg_catalog.pg_proc', one, types_of);
    EXECUTE pg_catalog.format('CREATE FUNCTION public.%I(%s) RETURNS text '
      'LANGUAGE plpgsql AS $$BEGIN RAISE ''%s(%s) is shadowed''; END$$',
      one, l, one, l);
  END LOOP; END LOOP;
  FOREACH l IN ARRAY made LOOP
    EXECUTE pg_catalog.format('CREATE FUNCTION public.shadow(%1$s, %1$s) '
      'RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE ''an operator of '
      '%1$s is shadowed''; END$$', l);
    FOREACH one IN ARRAY operators[1:6] LOOP
      EXECUTE pg_catalog.format('CREATE OPERATOR public.%s (LEFTARG = %s, '
        'RIGHTARG = %2$s, FUNCTION = public.shadow)', one, l);
    END LOOP;
  END LOOP;
END $do$;
SELECT pg_temp.make();
DROP FUNCTION pg_temp.make();
DROP FUNCTION pg_temp.there(regclass, text, text[]);
)sql";

class NameResolutionTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE SCHEMA elsewhere; CREATE EXTENSION citext SCHEMA elsewhere;"
        "CREATE TYPE mood AS ENUM ('sad', 'glad');"
        "CREATE DOMAIN short AS varchar(9) CHECK (VALUE <> '');"
        "CREATE TABLE people(id varchar(20) PRIMARY KEY, name varchar(50),"
        " kind char(2), state mood DEFAULT 'sad', tags text[],"
        " at timestamptz DEFAULT '2020-01-01');"
        "CREATE INDEX people_name ON people(lower(name));"
        "CREATE TABLE pairs(a varchar(9), b mood, n varchar(20),"
        " PRIMARY KEY (a, b));"
        "CREATE TABLE named(a elsewhere.citext, b short, c text[],"
        " n varchar(20), PRIMARY KEY (a, b, c));"
        "CREATE TABLE tagged(a text[] PRIMARY KEY, n varchar(20));"
        "CREATE TABLE moods(id int PRIMARY KEY, m mood, c elsewhere.citext);"
        "INSERT INTO moods VALUES (1, 'sad', 'x'), (2, 'glad', 'y');"
        "INSERT INTO people(id, name, kind) SELECT 'p' || g, 'n' || g, 'k'"
        " FROM generate_series(1, 30) g;"
        "INSERT INTO pairs SELECT 'a' || g, 'sad', 'x' FROM"
        " generate_series(1, 30) g;"
        "INSERT INTO named SELECT 'a' || g, 'b', ARRAY['c'], 'n' FROM"
        " generate_series(1, 30) g;"
        "INSERT INTO tagged SELECT ARRAY['a' || g], 'n' FROM"
        " generate_series(1, 30) g;"
        "GRANT SELECT, INSERT, UPDATE ON people, pairs TO PUBLIC");
    db().Exec(kShadows);
  }

  void Migrate(Access access, const std::string& file, bool completes) {
    Database database = db().Open();
    MigratorOptions options;
    options.access = access;
    Migrator migrator(database, options);
    migrator.Start(manifest::Parse(
        "operations:\n"
        "  - rename_column: {table: people, from: name, to: full_name}\n"
        "  - alter_column: {table: people, column: kind, type: varchar(9)}\n"
        "  - alter_column: {table: pairs, column: n, type: varchar(30),"
        " nullable: false, up: n, down: n}\n"
        "  - alter_column: {table: named, column: n, type: varchar(30),"
        " nullable: false, up: n, down: n}\n"
        "  - alter_column: {table: tagged, column: n, type: varchar(30),"
        " nullable: false, up: n, down: n}\n"
        "  - create_constraint: {table: moods, name: moods_key, type: unique,"
        " columns: [m, c]}\n"
        "  - create_index: {name: people_kind, table: people, columns: [kind]}",
        file));
    // The statements compare nothing, so only segue's own SQL can fail.
    db().Exec(completes ? "INSERT INTO people(id, name) VALUES ('new', 'x')"
                        : "INSERT INTO people(id, name) VALUES ('old', 'x')");
    db().Exec("UPDATE people SET name = 'y'");
    db().Exec("UPDATE pairs SET n = 'z'");
    EXPECT_TRUE(migrator.Verify().clean());
    EXPECT_TRUE(migrator.Status());
    EXPECT_FALSE(migrator.History().empty());
    completes ? migrator.Complete() : migrator.Rollback();
  }
};

TEST_P(NameResolutionTest, NothingOfAnotherSchemaRunsInPlace) {
  Migrate(Access::kInPlace, "01_a.yaml", false);
  Migrate(Access::kInPlace, "01_a.yaml", true);
}

TEST_P(NameResolutionTest, NothingOfAnotherSchemaRunsVersioned) {
  Migrate(Access::kVersioned, "01_a.yaml", false);
  Migrate(Access::kVersioned, "01_a.yaml", true);
}

// A path that names pg_catalog may name it behind another schema, also the one
// that segue itself puts first.
TEST_P(NameResolutionTest, ThePathMayNameTheCatalogue) {
  const std::string name = *db().app().One("SELECT current_database()");
  db().Exec(
      "CREATE FUNCTION public.shadow(oid, oid) RETURNS boolean LANGUAGE "
      "plpgsql AS $$ BEGIN RAISE 'oid is shadowed'; END $$;"
      "CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = "
      "public.shadow); CREATE TABLE public.pg_class(oid oid)");
  for (const char* path : {"pg_catalog, public", "public, pg_catalog"}) {
    db().Exec("ALTER DATABASE " + name + " SET search_path = " + path);
    Migrate(Access::kInPlace, "01_a.yaml", false);
    db().Exec("DELETE FROM people WHERE id::text = 'old'::text");
  }
}

SEGUE_INSTANTIATE_ON(NameResolutionTest, PostgresTestbed());

// What segue has read keeps its meaning when others make something of the same
// name in a schema that comes earlier in the path.
class LaterNamesTest : public DialectTest {};

TEST_P(LaterNamesTest, TypesAndFunctionsStayWhatTheyWere) {
  const std::string name = *db().app().One("SELECT current_database()");
  db().Exec(
      "CREATE SCHEMA ext; CREATE DOMAIN ext.pos AS text;"
      "CREATE FUNCTION ext.norm(text) RETURNS text IMMUTABLE LANGUAGE sql AS "
      "'SELECT $1'; ALTER DATABASE " +
      name + " SET search_path = public, ext");
  db().Exec(
      "CREATE TABLE kk(id integer PRIMARY KEY, v ext.pos NOT NULL DEFAULT "
      "ext.norm('a'), w text DEFAULT ext.norm('b'), CONSTRAINT fits CHECK "
      "(ext.norm(w) <> 'zz')); CREATE INDEX kk_v ON kk(ext.norm(v));"
      "INSERT INTO kk SELECT g, 'a', 'b' FROM generate_series(1, 9) g");
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(manifest::Parse(
      "operations:\n"
      "  - rename_column: {table: kk, from: v, to: vv}\n"
      "  - alter_column: {table: kk, column: w, type: varchar(9), up: w, down: "
      "w}",
      "01_a.yaml"));
  db().Exec(
      "CREATE FUNCTION public.norm(text) RETURNS text IMMUTABLE LANGUAGE "
      "plpgsql AS $$ BEGIN RAISE 'norm is shadowed'; END $$;"
      "CREATE FUNCTION public.bad(text) RETURNS boolean LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE 'pos is shadowed'; END $$;"
      "CREATE DOMAIN public.pos AS text CHECK (public.bad(VALUE))");
  Database later = db().Open();
  Migrator second(later, {});
  EXPECT_TRUE(second.Verify().clean());
  EXPECT_TRUE(second.Complete().status.is_complete());
  EXPECT_EQ(
      ToLines(db().Query(
          "SELECT attname::text, atttypid::regtype::text, "
          "pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a LEFT JOIN "
          "pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
          "WHERE attrelid = 'kk'::regclass AND attnum > 0 AND NOT attisdropped "
          "ORDER BY 1")),
      "id|integer|NULL\nvv|ext.pos|ext.norm('a'::text)\n"
      "w|character varying|ext.norm('b'::text)\n");
  EXPECT_EQ(*db().app().One("SELECT pg_get_constraintdef(oid) FROM "
                            "pg_constraint WHERE conname = 'fits'"),
            "CHECK ((ext.norm((w)::text) <> 'zz'::text))");
  db().Exec("INSERT INTO kk(id) VALUES (10)");
}

SEGUE_INSTANTIATE_ON(LaterNamesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
