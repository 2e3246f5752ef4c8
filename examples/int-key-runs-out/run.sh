#!/usr/bin/env bash
# Plays the story of README.md on a private server.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../private-server.sh"
/usr/bin/python3 "$here/story.py" "$segue" \
  "postgres://postgres@$socket/postgres"
