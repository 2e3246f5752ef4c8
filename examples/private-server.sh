# Sourced by the run.sh of a story, with the path of the segue program as $1.
# Starts a private server in a temporary folder, and stops and removes it when
# the script ends. Sets segue, work (the folder, which is that of the sockets)
# and socket (the same, for URLs).

segue=$(realpath "${1:-$here/../../build/release/segue}")
pg_bin=${SEGUE_PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)}
[ -x "$segue" ] || { echo "no program at $segue: make build" >&2; exit 1; }
[ -x "$pg_bin/initdb" ] ||
  { echo "install postgresql and python3-psycopg2" >&2; exit 77; }

# PostgreSQL and PgBouncer refuse to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && exec setpriv --reuid postgres --regid postgres --init-groups "$@")
  else
    (cd / && exec "$@")
  fi
}

work=$(mktemp -d /tmp/segue-story-XXXXXX)
[ "$(id -u)" -ne 0 ] || chown postgres: "$work"
stop() {
  local status=$?
  [ ! -f "$work/pooler.pid" ] || kill "$(cat "$work/pooler.pid")" || true
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
