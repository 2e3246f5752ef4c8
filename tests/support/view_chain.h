// Views on views, a materialized view and rules over column `age` of table `t`,
// with everything that such can have.
#pragma once

namespace segue::test {

// Roles belong to the whole server, which other tests use, too.
inline constexpr const char* kChainRoles =
    "DO $$ BEGIN CREATE ROLE seen_by; EXCEPTION WHEN duplicate_object THEN "
    "NULL; END $$;"
    "DO $$ BEGIN CREATE ROLE seen_of; EXCEPTION WHEN duplicate_object THEN "
    "NULL; END $$;";

inline constexpr const char* kChainTable =
    "CREATE TABLE t(id integer PRIMARY KEY, age integer, name text, extra "
    "text); CREATE TABLE log(x bigint);"
    "INSERT INTO t SELECT n, n * 3, 'n' || n, 'e' FROM generate_series(1, 20) "
    "n;"
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
    "NULL; END'; GRANT CREATE ON SCHEMA public TO seen_of;"
    "CREATE RULE gone AS ON DELETE TO t WHERE old.age = -1 DO ALSO INSERT INTO "
    "log VALUES (old.age); COMMENT ON RULE gone ON t IS 'of gone';"
    "ALTER TABLE t DISABLE RULE gone;"
    "CREATE RULE sent AS ON INSERT TO log WHERE new.x = -1 DO ALSO UPDATE t "
    "SET name = 'sent' WHERE age = -1;"
    "CREATE VIEW beside AS SELECT id FROM t WHERE age < 50;"
    "CREATE VIEW over_beside AS SELECT * FROM beside;";

// Two of them read the column themselves, and the others those.
inline constexpr const char* kChain =
    "CREATE VIEW v1 WITH (security_barrier = true) AS SELECT id, age, name "
    "FROM t WHERE age > 3 WITH LOCAL CHECK OPTION;"
    "COMMENT ON VIEW v1 IS 'of v1'; COMMENT ON COLUMN v1.age IS 'of v1.age';"
    "ALTER VIEW v1 ALTER COLUMN name SET DEFAULT 'anon';"
    "GRANT SELECT ON v1 TO seen_by WITH GRANT OPTION;"
    "GRANT UPDATE (name) ON v1 TO seen_of;"
    "SET ROLE seen_by; GRANT SELECT ON v1 TO seen_of; RESET ROLE;"
    "CREATE VIEW v2 AS SELECT id, age + 1 AS older FROM v1;"
    "ALTER VIEW v2 OWNER TO seen_of; REVOKE UPDATE ON v2 FROM seen_of;"
    "CREATE VIEW v3 AS SELECT v2.id, v2.older, t.name FROM v2 JOIN t USING "
    "(id);"
    "CREATE TRIGGER g INSTEAD OF INSERT ON v3 FOR EACH ROW EXECUTE FUNCTION "
    "f(); COMMENT ON TRIGGER g ON v3 IS 'of g';"
    "CREATE RULE r AS ON UPDATE TO v3 DO INSTEAD UPDATE t SET age = new.older "
    "WHERE id = old.id; COMMENT ON RULE r ON v3 IS 'of r';"
    "CREATE MATERIALIZED VIEW m WITH (fillfactor = 80) AS SELECT age, count(*) "
    "AS n FROM t GROUP BY age;"
    "CREATE UNIQUE INDEX m_age ON m(age); CREATE INDEX m_n ON m((n + 1)) WHERE "
    "n > 0; COMMENT ON INDEX m_n IS 'of m_n';"
    "ALTER INDEX m_n ALTER COLUMN 1 SET STATISTICS 12;"
    "ALTER MATERIALIZED VIEW m ALTER COLUMN n SET STATISTICS 77;"
    "ALTER MATERIALIZED VIEW m ALTER COLUMN n SET (n_distinct = 5);"
    "ALTER MATERIALIZED VIEW m CLUSTER ON m_age;"
    "COMMENT ON MATERIALIZED VIEW m IS 'of m'; GRANT SELECT ON m TO seen_by;"
    "CREATE VIEW over_m AS SELECT sum(n) AS total, max(age) AS oldest FROM m;"
    "GRANT SELECT ON over_m TO PUBLIC;";

inline constexpr const char* kDropChain =
    "DROP VIEW over_m, v3, v2, v1; DROP MATERIALIZED VIEW m; DROP RULE gone ON "
    "t; DROP RULE sent ON log; DROP VIEW over_beside, beside;";

}  // namespace segue::test
