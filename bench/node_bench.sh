#!/usr/bin/env bash
# Messages a second of `segue node` on one core, database in memory.
#
#   bench/node_bench.sh [SEGUE] [MESSAGES]
set -euo pipefail
cd "$(dirname "$0")/.."
segue=${1:-build/release/segue}
messages=${2:-200000}
input=$(mktemp)
trap 'rm -f "$input"' EXIT
{
  echo '{"src":"b","dest":"n","body":{"type":"migrate","msg_id":0,"phase":"migrate_data","from":"name","to":"full_name"}}'
  seq "$messages" |
    sed 's/.*/{"src":"b","dest":"n","body":{"type":"status","msg_id":&}}/'
} >"$input"
begin=$(date +%s.%N)
answers=$(taskset -c 0 "$segue" node <"$input" | grep -c '"type":"status_ok"')
end=$(date +%s.%N)
[ "$answers" -eq "$messages" ] || {
  echo "node: only $answers of $messages were answered" >&2
  exit 1
}
awk -v n="$messages" -v s="$(awk -v a="$begin" -v b="$end" 'BEGIN{print b-a}')" \
  'BEGIN { printf "node: %d status messages in %.1f s, %d a second\n", n, s, n/s }'
