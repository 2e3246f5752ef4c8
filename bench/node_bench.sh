#!/usr/bin/env bash
# Messages a second of `segue node` on one core, database in memory.
#
#   bench/node_bench.sh [SEGUE] [MESSAGES]
set -euo pipefail
cd "$(dirname "$0")/.."
segue=${1:-build/release/segue}
messages=${2:-200000}
input=$(mktemp)
trap 'rm -f "$input" "$input.out"' EXIT
{
  echo '{"src":"b","dest":"n","body":{"type":"migrate","msg_id":0,"phase":"migrate_data","from":"name","to":"full_name"}}'
  seq "$messages" |
    sed 's/.*/{"src":"b","dest":"n","body":{"type":"status","msg_id":&}}/'
} >"$input"
# By the processor's time, so that a busy machine does not count.
TIMEFORMAT='%R %U %S'
times=$({ time taskset -c 0 "$segue" node <"$input" >"$input.out"; } 2>&1)
answers=$(grep -c '"type":"status_ok"' "$input.out")
[ "$answers" -eq "$messages" ] || {
  echo "node: only $answers of $messages were answered" >&2
  exit 1
}
echo "$messages $times" | awk '{
  printf "node: %d status messages, %d a second of processor time", $1, $1/($3+$4)
  printf " (%.1f s of it in %.1f s)\n", $3+$4, $2 }'
