#!/usr/bin/env bash
# Plays the story of README.md on a private server behind a private PgBouncer.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v pgbouncer >/dev/null ||
  { echo "install pgbouncer" >&2; exit 77; }
. "$here/../private-server.sh"

cat >"$work/pooler.ini" <<TEXT
[databases]
postgres = host=$work dbname=postgres user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $work
pool_mode = transaction
default_pool_size = 4
auth_type = any
logfile = $work/pooler.log
pidfile = $work/pooler.pid
TEXT
as_server "$(command -v pgbouncer)" -q -d "$work/pooler.ini"

/usr/bin/python3 "$here/story.py" "$segue" \
  "postgres://postgres@$socket/postgres" \
  "postgres://postgres@$socket:6432/postgres"
