#include "dialects/postgres/partition_watch.h"

#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// The argument of the trigger that a partition has for itself.
constexpr const char* kPartition = "partition";

// A partition that was detached and attached again has another row trigger. One
// that is about to be detached is told by its row of pg_inherits.
constexpr const char* kNow = R"sql(
SELECT pg_catalog.concat_ws(':', h.inhrelid,
    pg_catalog.to_jsonb(h) ->> 'inhdetachpending', coalesce(r.oid, 0::oid),
    coalesce(q.oid, 0::oid)) AS fact, h.inhrelid::regclass AS name
FROM pg_catalog.pg_inherits h
LEFT JOIN pg_catalog.pg_trigger p ON p.tgrelid = h.inhparent
  AND p.tgname = @ROW@
LEFT JOIN pg_catalog.pg_trigger r ON r.tgrelid = h.inhrelid
  AND r.tgparentid = p.oid AND r.tgenabled IN ('O', 'A')
LEFT JOIN pg_catalog.pg_trigger q ON q.tgrelid = h.inhrelid
  AND q.tgname = @TRUNCATE@ AND q.tgfoid = pg_catalog.to_regproc(@FUNCTION@)::oid
  AND q.tgenabled IN ('O', 'A')
WHERE h.inhparent = pg_catalog.to_regclass(@TABLE@)::oid)sql";

constexpr const char* kWatch = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT c.relkind, n.nspname, c.relname
    FROM pg_catalog.pg_inherits h
    JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE h.inhparent = pg_catalog.to_regclass(@TABLE@)::oid ORDER BY c.oid
  LOOP
    IF one.relkind <> 'r' THEN
      RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
        'partition %I of %s is partitioned itself, or a foreign table',
        one.relname, @SHOWN@);
    END IF;
    EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS %I ON %I.%I', @TRUNCATE@,
      one.nspname, one.relname);
    EXECUTE pg_catalog.format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I.%I FOR '
      'EACH STATEMENT EXECUTE FUNCTION %s(%L)', @TRUNCATE@, one.nspname,
      one.relname, @FUNCTION@, @PARTITION@);
  END LOOP;
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS %I ON %s', @TRUNCATE@,
    @TABLE@);
  EXECUTE pg_catalog.format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH '
    'STATEMENT EXECUTE FUNCTION %s(%L)', @TRUNCATE@, @TABLE@, @FUNCTION@,
    (SELECT coalesce(pg_catalog.string_agg(w.fact, ',' ORDER BY w.fact), '')
     FROM (@NOW@) w));
END)sql";

// The lock of a table comes before those of its partitions.
constexpr const char* kUnwatch = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT n.nspname, c.relname, g.tgname
    FROM pg_catalog.pg_trigger g
    JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE g.tgfoid = pg_catalog.to_regproc(@FUNCTION@)::oid
      AND g.tgparentid = 0::oid
    ORDER BY c.relkind <> 'p', c.oid, g.oid
  LOOP
    EXECUTE pg_catalog.format('DROP TRIGGER %I ON %I.%I', one.tgname,
      one.nspname, one.relname);
  END LOOP;
END)sql";

// A text for each difference. The arguments of a trigger end in a zero byte,
// and there are none where the trigger is gone.
constexpr const char* kOthers = R"sql(
WITH w AS (SELECT f.fact FROM pg_catalog.regexp_split_to_table((SELECT
      pg_catalog.replace(pg_catalog.encode(g.tgargs, 'escape'), '\000', '')
    FROM pg_catalog.pg_trigger g
    WHERE g.tgrelid = pg_catalog.to_regclass(@TABLE@)::oid
      AND g.tgname = @TRUNCATE@), ',') f(fact) WHERE f.fact <> ''),
n AS (@NOW@)
SELECT coalesce('partition ' || n.name::text, 'a partition that is gone')
  || ' of ' || @SHOWN@ || ' is not as it was when ' || @THEN@ AS what
FROM w FULL JOIN n ON n.fact = w.fact
WHERE w.fact IS NULL OR n.fact IS NULL)sql";

constexpr const char* kRequire = R"sql(
DECLARE
  others text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g
    WHERE g.tgrelid = pg_catalog.to_regclass(@TABLE@)::oid
      AND g.tgname = @TRUNCATE@)
  THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
      'the trigger that knows the partitions of %s is gone', @SHOWN@);
  END IF;
  SELECT pg_catalog.string_agg(o.what, '; ' ORDER BY o.what) INTO others
  FROM (@OTHERS@) o;
  IF others IS NOT NULL THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = others,
      HINT = @HINT@;
  END IF;
END)sql";

Marks MarksOf(const PartitionWatch& watch) {
  return {{"@TABLE@", Literal(Name(watch.table))},
          {"@SHOWN@", Literal(watch.table.ToString())},
          {"@ROW@", Literal(watch.row_trigger)},
          {"@TRUNCATE@", Literal(watch.truncate_trigger)},
          {"@FUNCTION@", Literal(watch.function)},
          {"@PARTITION@", Literal(kPartition)},
          {"@THEN@", Literal(watch.of_seal ? "the contract was sealed"
                                           : "the copy began")},
          {"@HINT@",
           Literal(watch.of_seal
                       ? "the table as it was lacks what came and went with a "
                         "partition, so that there is only forward; nothing "
                         "was exchanged"
                       : "roll back and start again; nothing was exchanged")}};
}

std::string WithNow(const char* text, const PartitionWatch& watch) {
  Marks marks = MarksOf(watch);
  marks.emplace_back("@NOW@", FilledAll(kNow, MarksOf(watch)));
  return FilledAll(text, marks);
}

}  // namespace

std::string WatchPartitionsSql(const PartitionWatch& watch) {
  return "DO " + DollarQuoted(WithNow(kWatch, watch));
}

std::string UnwatchPartitionsSql(const PartitionWatch& watch) {
  return "DO " + DollarQuoted(FilledAll(kUnwatch, MarksOf(watch)));
}

std::string RequirePartitionsSql(const PartitionWatch& watch) {
  Marks marks = MarksOf(watch);
  marks.emplace_back("@OTHERS@", WithNow(kOthers, watch));
  return "DO " + DollarQuoted(FilledAll(kRequire, marks));
}

std::string OtherPartitionsSql(const PartitionWatch& watch) {
  return "SELECT o.what, 0 FROM (" + WithNow(kOthers, watch) +
         ") o WHERE pg_catalog.to_regclass(" + Literal(Name(watch.table)) +
         ") IS NOT NULL";
}

// The trigger of a partition runs before its rows are gone. A snapshot that is
// older does not see what others have written to the copy since, and would
// leave it there. TRUNCATE of the table has emptied the copy before it comes to
// the partitions, which the size tells whatever a snapshot sees.
std::string TruncateBodySql(const std::string& target,
                            const std::string& same) {
  const std::string drop = "DELETE FROM " + target + " AS c USING ONLY ";
  return std::string("IF TG_NARGS = 1 AND TG_ARGV[0] = ") +
         Literal(kPartition) + " THEN IF pg_catalog.pg_relation_size(" +
         Literal(target) +
         ") = 0::bigint THEN RETURN NULL; END IF; "
         "IF pg_catalog.current_setting('transaction_isolation') <> "
         "'read committed' THEN RAISE feature_not_supported USING MESSAGE = "
         "'a partition whose rows are copied is truncated in a READ COMMITTED "
         "transaction only', TABLE = TG_TABLE_NAME; END IF; EXECUTE " +
         Literal(drop) +
         " || pg_catalog.format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) || " +
         Literal(" AS t WHERE " + same) + "; ELSE TRUNCATE " + target +
         "; END IF; RETURN NULL; ";
}

}  // namespace segue::postgres
