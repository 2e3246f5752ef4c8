#!/usr/bin/env bash
# Plays the story of README.md on a private server.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
segue=$(realpath "${1:-$here/../../build/release/segue}")
pg_bin=${SEGUE_PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
[ -x "$segue" ] || { echo "no program at $segue: make build" >&2; exit 1; }
[ -x "$pg_bin/initdb" ] ||
  { echo "install postgresql and python3-psycopg2" >&2; exit 77; }

# PostgreSQL refuses to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && exec setpriv --reuid postgres --regid postgres --init-groups "$@")
  else
    (cd / && exec "$@")
  fi
}

work=$(mktemp -d /tmp/segue-key-XXXXXX)
[ "$(id -u)" -ne 0 ] || chown postgres: "$work"
stop() {
  local status=$?
  as_server "$pg_bin/pg_ctl" -D "$work/d" -m immediate stop >/dev/null 2>&1 || true
  if [ $status -eq 0 ]; then rm -rf "$work"; else echo "logs: $work" >&2; fi
}
trap stop EXIT

as_server "$pg_bin/initdb" -D "$work/d" -A trust -U postgres -E UTF8 \
  --locale=C.UTF-8 >"$work/initdb.log"
printf "listen_addresses = ''\nunix_socket_directories = '%s'\n" "$work" \
  >>"$work/d/postgresql.conf"
as_server "$pg_bin/pg_ctl" -D "$work/d" -l "$work/server.log" -w start >/dev/null

socket=${work//\//%2F}
/usr/bin/python3 "$here/story.py" "$segue" \
  "postgres://postgres@$socket/postgres"
