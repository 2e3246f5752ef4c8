#!/usr/bin/env bash
# pgbench runs without a break while segue changes its tables; see README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
segue=$here/../../build/release/segue
scale=10 seconds=120 clients=4 parts=AB
rollback=false kills=0 seed=1 keep=false wanted_tps=0
lock_budget_ms=500

usage() {
  cat <<'TEXT'
usage: run.sh [options]
  --scale N      pgbench scale: N x 100,000 accounts (10)
  --seconds N    how long the old version runs (120)
  --clients N    connections of each version (4)
  --part A|B     only one of the two parts
  --rollback     roll back at the end instead of completing
  --kill N       SIGKILL segue N times at random points of each command
  --seed N       of the random points (1)
  --tps N        fail below this rate of transactions per second (0)
  --segue FILE   the segue program (build/release/segue)
  --keep         leave the folder with the logs there
TEXT
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --rollback) rollback=true ;;
      --keep) keep=true ;;
      --scale | --seconds | --clients | --part | --kill | --seed | --tps | --segue)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        case $1 in
          --scale) scale=$2 ;;
          --seconds) seconds=$2 ;;
          --clients) clients=$2 ;;
          --part) parts=$2 ;;
          --kill) kills=$2 ;;
          --seed) seed=$2 ;;
          --tps) wanted_tps=$2 ;;
          --segue) segue=$2 ;;
        esac
        shift ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; exit 2 ;;
    esac
    shift
  done
  RANDOM=$seed
}

# --- the private server -----------------------------------------------------

find_programs() {
  pg_bin=${SEGUE_PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
  if [ -z "$pg_bin" ] || [ ! -x "$pg_bin/initdb" ] || [ ! -x "$pg_bin/pgbench" ]; then
    echo "*** NOT RUN: install postgresql and postgresql-contrib ***" >&2
    exit 77
  fi
  [ -x "$segue" ] || fail "no segue program at $segue: make build, or --segue"
  segue=$(realpath "$segue")
}

# PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && setpriv --reuid postgres --regid postgres --init-groups "$@")
  else
    (cd / && "$@")
  fi
}

start_server() {
  work=$(mktemp -d /tmp/segue-pgbench-XXXXXX)
  [ "$(id -u)" -ne 0 ] || chown postgres: "$work"
  trap stop_server EXIT
  as_server "$pg_bin/initdb" -D "$work/d" -A trust -U postgres -E UTF8 \
    --locale=C.UTF-8 >"$work/initdb.log"
  cat >>"$work/d/postgresql.conf" <<TEXT
listen_addresses = ''
unix_socket_directories = '$work'
shared_buffers = 256MB
max_wal_size = 2GB
deadlock_timeout = 100ms
log_lock_waits = on
log_line_prefix = '%m [%p] %a '
TEXT
  as_server "$pg_bin/pg_ctl" -D "$work/d" -l "$work/server.log" -w start >/dev/null
}

stop_server() {
  local status=$?
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  as_server "$pg_bin/pg_ctl" -D "$work/d" -m immediate stop >/dev/null 2>&1 || true
  if $keep || [ $status -ne 0 ]; then
    echo "logs: $work"
  else
    rm -rf "$work"
  fi
}

url_of() { echo "postgres://postgres@${work//\//%2F}/$1"; }
ask() { "$pg_bin/psql" -X -A -t -d "$(url_of "$1")" -c "$2"; }
dump() { "$pg_bin/pg_dump" -s -N segue --restrict-key=x -d "$(url_of "$1")"; }

# --- the application --------------------------------------------------------

# run_version NAME DATABASE_URL SECONDS [pgbench options]; in the background.
run_version() {
  local name=$1 url=$2 time=$3
  shift 3
  "$pg_bin/pgbench" -n -M prepared -c "$clients" -j 2 -T "$time" "$@" "$url" \
    >"$work/$name.log" 2>&1 &
}

# Returns once the clients of a version have committed something.
wait_for_traffic() {
  local database=$1 before
  before=$(ask postgres "SELECT xact_commit FROM pg_stat_database WHERE datname = '$database'")
  for _ in $(seq 300); do
    [ "$(ask postgres "SELECT xact_commit > $before + 200 FROM pg_stat_database WHERE datname = '$database'")" = t ] &&
      return
    sleep 0.1
  done
  fail "no traffic: $(tail -3 "$work"/*.log)"
}

# finish_version NAME PID: waits for its end; no transaction may have failed.
finish_version() {
  local name=$1 pid=$2 log=$work/$1.log
  wait "$pid" || fail "$name: $(grep -m3 error "$log" || tail -3 "$log")"
  grep -q '^number of failed transactions: 0 ' "$log" ||
    fail "$name: $(grep 'failed transactions' "$log" || echo 'no result')"
  ! grep -qi 'aborted\|error:' "$log" || fail "$name: $(grep -m3 -i 'aborted\|error:' "$log")"
}

# value_of NAME PATTERN: a figure of pgbench's result
value_of() { sed -n "s/^$2 \([0-9.]*\).*/\1/p" "$work/$1.log"; }

# --- segue ------------------------------------------------------------------

killed=0

# run_segue DATABASE COMMAND...: to its end, after killing it as often as asked.
run_segue() {
  local database=$1
  shift
  for _ in $(seq "$kills"); do kill_segue "$database" "$@"; done
  local status=0
  for _ in $(seq 100); do
    status=0
    call_segue "$database" "$@" || status=$?
    # The server has not noticed yet that the killed one is gone.
    [ $status -eq 7 ] || break
    sleep 0.2
  done
  # Nothing active: a killed run had already come to its end.
  [ $status -eq 0 ] || { [ $status -eq 4 ] && [ "$kills" -gt 0 ]; } ||
    fail "segue $* exited with $status: $(tail -5 "$work/segue.log")"
}

call_segue() {
  local database=$1
  shift
  (cd "$here" && "$segue" "$@" --url "$(url_of "$database")") \
    >>"$work/segue.log" 2>&1
}

kill_segue() {
  local database=$1
  shift
  (cd "$here" && exec "$segue" "$@" --url "$(url_of "$database")") \
    >>"$work/segue.log" 2>&1 &
  # Most of what a command does happens in its first moments.
  local pid=$! point=$((RANDOM % (50 << (RANDOM % 6))))
  sleep "$(printf '%d.%03d' $((point / 1000)) $((point % 1000)))"
  if kill -KILL $pid 2>/dev/null; then killed=$((killed + 1)); fi
  wait $pid 2>/dev/null || true
}

# --- the two parts ----------------------------------------------------------

prepare() {
  local database=$1
  ask postgres "CREATE DATABASE $database" >/dev/null
  "$pg_bin/pgbench" -i -q -s "$scale" "$(url_of "$database")" \
    >"$work/init.log" 2>&1
}

check_sums() {
  local database=$1 history=$2 sums
  sums=$(ask "$database" "SELECT
    (SELECT sum(abalance) FROM pgbench_accounts),
    (SELECT sum(tbalance) FROM pgbench_tellers),
    (SELECT sum(bbalance) FROM pgbench_branches),
    (SELECT sum($history) FROM pgbench_history)")
  local first=${sums%%|*}
  [ "$sums" = "$first|$first|$first|$first" ] || fail "the sums differ: $sums"
  echo "  sums of accounts, tellers, branches, history: $first each"
}

# No statement may have waited for a table longer than the budget, whether
# segue's own or one that queued behind it.
check_lock_waits() {
  local longest
  longest=$(awk '/ (on relation|extension of relation) / && / after [0-9.]+ ms/ {
      for (i = 1; i < NF; i++) if ($i == "after" && $(i + 1) > max) max = $(i + 1) }
    END { print max + 0 }' "$work/server.log")
  # 100 ms for the server to notice and to write the line.
  awk "BEGIN { exit !($longest <= $lock_budget_ms + 100) }" ||
    fail "a table was waited for $longest ms"
  echo "  longest wait for a table lock: $longest ms (budget $lock_budget_ms ms; shorter than 100 ms not logged)"
}

report_version() {
  printf '  %-12s %9s transactions, %8.1f tps, latency average %s ms, failed 0\n' \
    "$1" "$(value_of "$1" 'number of transactions actually processed:')" \
    "$(value_of "$1" 'tps =')" "$(value_of "$1" 'latency average =')"
}

check_tps() {
  local tps
  tps=$(value_of "$1" 'tps =')
  awk "BEGIN { exit !($tps >= $wanted_tps) }" ||
    fail "$1: $tps transactions per second, wanted $wanted_tps"
}

# Part A's new version has a schema version of its own; part B's shares the
# table with the old one.
new_url() {
  if [ "$1" = B ]; then
    url_of "$2"
  else
    (cd "$here" && "$segue" url --version latest --url "$(url_of "$2")")
  fi
}

# part NAME FILE HISTORY_COLUMN_AT_THE_END [pgbench options of the new version]
part() {
  local name=$1 file=$2 history=$3
  shift 3
  local database=part_${name,,} old_pid new_pid url new_seconds
  prepare "$database"
  dump "$database" >"$work/before.sql"
  run_version "old_$name" "$(url_of "$database")" "$seconds"
  old_pid=$!
  wait_for_traffic "$database"

  local begin=$SECONDS
  run_segue "$database" start "$file"
  echo "  both versions live after $((SECONDS - begin)) s"
  call_segue "$database" verify || fail "verify: $(tail -5 "$work/segue.log")"

  url=$(new_url "$name" "$database")
  # The new version outlives the old one, except where it is rolled back.
  new_seconds=$((seconds - (SECONDS - begin) + 3))
  $rollback && new_seconds=$((seconds / 4 + 1))
  [ $new_seconds -gt 3 ] || new_seconds=3
  run_version "new_$name" "$url" $new_seconds "$@"
  new_pid=$!
  wait_for_traffic "$database"

  if $rollback; then
    finish_version "new_$name" $new_pid
    run_segue "$database" rollback --yes
    finish_version "old_$name" $old_pid
    dump "$database" >"$work/after.sql"
    diff "$work/before.sql" "$work/after.sql" >"$work/schema.diff" ||
      fail "rollback left the schema changed: $work/schema.diff"
    echo "  rolled back: the schema is as before"
  else
    finish_version "old_$name" $old_pid
    run_segue "$database" complete --yes
    finish_version "new_$name" $new_pid
    echo "  complete"
  fi
  report_version "old_$name"
  report_version "new_$name"
  check_tps "old_$name"
  $rollback && history=delta
  check_sums "$database" "$history"
}

main() {
  parse_options "$@"
  find_programs
  start_server
  echo "PostgreSQL $(ask postgres 'SHOW server_version'), scale $scale, $clients clients of each version, $seconds s"
  case $parts in
    *A*)
      echo "A. versioned: pgbench_accounts.abalance becomes bigint"
      part A 01_bigint.yaml delta ;;
  esac
  case $parts in
    *B*)
      echo "B. in place: pgbench_history.delta becomes amount"
      part B 02_amount.yaml amount -f "$here/new_version.sql" -D "scale=$scale" ;;
  esac
  check_lock_waits
  [ "$kills" -eq 0 ] || echo "  segue was killed $killed times"
  echo "OK"
}

main "$@"
