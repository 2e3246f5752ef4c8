#include "dialects/postgres/hello.h"

namespace segue::postgres {
namespace {

// Only the caller may ask when its session began: the owner of the ledger need
// not have the rights of the application's role. A session that acts as another
// role may not see it either, and is then told by its number alone.
constexpr const char* kHello = R"sql(
CREATE OR REPLACE FUNCTION segue.hello(instance text, version text,
  schema text DEFAULT NULL, ttl interval DEFAULT '60 seconds')
RETURNS timestamptz LANGUAGE sql SET search_path = pg_catalog, pg_temp AS
$segue$SELECT segue.hello_since($1, $2, $3, $4,
  (SELECT a.backend_start FROM pg_catalog.pg_stat_activity a
   WHERE a.pid = pg_catalog.pg_backend_pid()))$segue$)sql";

// It runs with the rights of the ledger's owner, so it takes the role and the
// session from the server, and writes rows of this role only: nobody can speak
// for the instances of another role. A row that another session has locked is
// left to it, so that no heartbeat waits for a transaction of the application.
// Until the first migration is started nobody has a schema to speak of, and the
// ledger is there a moment before that: who says to run the base shape then is
// right, and is not kept.
constexpr const char* kHelloSince = R"sql(
CREATE OR REPLACE FUNCTION segue.hello_since(text, text, text, interval,
  timestamptz)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $segue$
DECLARE
  me text := session_user;
  life bigint := extract(epoch FROM $4)::bigint;
  moment bigint := floor(extract(epoch FROM clock_timestamp()))::bigint;
  began text := coalesce(to_char($5 AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '');
  places text[];
  place text;
  near text;
BEGIN
  IF $1 IS NULL OR octet_length($1) NOT BETWEEN 1 AND 200
     OR $1 ~ '[[:cntrl:]]' THEN
    RAISE EXCEPTION 'the id of an instance has 1 to 200 bytes and no control '
      'characters' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF life IS NULL OR life NOT BETWEEN 1 AND 86400 THEN
    RAISE EXCEPTION 'the time to live of an instance is 1 second to 1 day'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(DISTINCT k.place ORDER BY k.place) FILTER (
      WHERE k.name = $2),
    string_agg(DISTINCT k.name, ', ' ORDER BY k.name) FILTER (
      WHERE k.rank <= 3)
  INTO places, near
  FROM (SELECT u.place, u.name, dense_rank() OVER (ORDER BY (
        SELECT count(*) FROM generate_series(1, length(u.name) - 1) i
        WHERE strpos($2, substr(u.name, i::integer, 2)) > 0) * 1.0
        / greatest(length(u.name), length($2)) DESC, u.name) AS rank
    FROM (SELECT m.schema_name AS place, m.id AS name FROM segue.migration m
      UNION SELECT m.schema_name, 'base' FROM segue.migration m
      UNION SELECT v.schema_name, v.name FROM segue.version v
      UNION SELECT v.schema_name, v.version_schema FROM segue.version v) u
    WHERE $3 IS NULL OR u.place = $3) k;
  IF $2 = 'base' AND NOT EXISTS (SELECT FROM segue.migration) THEN
    RETURN NULL;
  END IF;
  IF places IS NULL THEN
    RAISE EXCEPTION 'no version is called ''%''%', coalesce($2, ''),
      coalesce(' in schema ''' || $3 || '''', '')
      USING ERRCODE = 'invalid_parameter_value', HINT = coalesce(
        'the nearest are ' || near, 'no migration was started there');
  END IF;
  IF cardinality(places) > 1 THEN
    RAISE EXCEPTION 'version ''%'' is of several schemas: %', $2,
      array_to_string(places, ', ')
      USING ERRCODE = 'invalid_parameter_value',
      HINT = 'name one as the third argument of segue.hello';
  END IF;
  place := places[1];
  DELETE FROM segue.instance_session d WHERE d.ctid IN (
    SELECT s.ctid FROM segue.instance_session s
    WHERE s.schema_name = place AND s.id = $1 AND s.role = me
      AND (s.version <> $2 OR NOT EXISTS (SELECT FROM
        pg_catalog.pg_stat_activity a WHERE a.pid = s.pid))
    FOR UPDATE SKIP LOCKED);
  IF NOT EXISTS (SELECT FROM segue.instance_session s
      WHERE s.schema_name = place AND s.id = $1 AND s.role = me
        AND s.pid = pg_backend_pid())
    AND (SELECT count(*) FROM segue.instance_session s
      WHERE s.schema_name = place AND s.role = me) >= 10000 THEN
    RAISE EXCEPTION 'role ''%'' has 10000 sessions of instances already', me
      USING ERRCODE = 'configuration_limit_exceeded',
      HINT = 'segue instance remove ID forgets those of an instance';
  END IF;
  INSERT INTO segue.instance_session AS t (schema_name, id, role, pid, started,
    version, host, registered_at, seen, expires)
  VALUES (place, $1, me, pg_backend_pid(), began, $2,
    coalesce(host(inet_client_addr()), 'local'),
    to_char(clock_timestamp() AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), moment, moment + life)
  ON CONFLICT (schema_name, id, role, pid) DO UPDATE
    SET started = excluded.started, version = excluded.version,
      host = excluded.host, seen = excluded.seen, expires = excluded.expires,
      registered_at = CASE WHEN t.started = excluded.started
        THEN t.registered_at ELSE excluded.registered_at END;
  RETURN to_timestamp(moment + life);
END $segue$)sql";

}  // namespace

std::vector<std::string> HelloFunctions() {
  const std::string arguments = "(text, text, text, interval";
  return {kHelloSince, kHello,
          "GRANT EXECUTE ON FUNCTION segue.hello" + arguments +
              "), segue.hello_since" + arguments + ", timestamptz) TO PUBLIC"};
}

}  // namespace segue::postgres
