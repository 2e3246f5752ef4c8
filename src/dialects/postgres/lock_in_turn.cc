#include "dialects/postgres/lock_in_turn.h"

#include "dialects/postgres/settings.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

constexpr const char* kLock = R"sql(
DECLARE
  one pg_catalog.text;
  former pg_catalog.text := pg_catalog.current_setting('lock_timeout');
  budget pg_catalog.interval := former::pg_catalog.interval;
  patience pg_catalog.interval := @PATIENCE@;
  began pg_catalog.timestamptz := pg_catalog.clock_timestamp();
  rest pg_catalog.int4;
BEGIN
  IF patience < budget OR budget = '0'::pg_catalog.interval THEN
    budget := coalesce(patience, budget);
  END IF;
  FOREACH one IN ARRAY @STATEMENTS@ LOOP
    IF budget > '0'::pg_catalog.interval THEN
      -- What is free is got however late it is.
      rest := greatest('1', '1000'::pg_catalog.float8 * extract(epoch FROM
        budget - (pg_catalog.clock_timestamp() - began))::pg_catalog.float8);
      PERFORM pg_catalog.set_config('lock_timeout',
        pg_catalog.format('%sms', rest), true);
    END IF;
    EXECUTE one;
  END LOOP;
  @AFTER@
END)sql";

constexpr const char* kRestore =
    "PERFORM pg_catalog.set_config('lock_timeout', former, true);";

}  // namespace

std::string LockInTurnSql(const LocksInTurn& locks) {
  return "DO " + DollarQuoted(FilledAll(
                     kLock, {{"@PATIENCE@",
                              locks.before_deadlock ? kBeforeDeadlock : "NULL"},
                             {"@STATEMENTS@", locks.statements},
                             {"@AFTER@", locks.keeps_rest ? "" : kRestore}}));
}

}  // namespace segue::postgres
