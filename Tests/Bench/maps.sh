#!/bin/sh
# maps.sh: how much less work our makemap does than sendmail's.
#
#     maps.sh [ENTRIES…]        default 10000 1000000
#     BENCH_RUNS=5              runs of each, in turn: theirs, ours, theirs, ours …
#
# Prints CPU (user and system) as the mean, wall as the median of the runs, and
# theirs divided by ours. Both get the same entries in random order on a file
# as standard input and write to the same disk. Theirs syncs its file, ours
# syncs file and folder.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")/../.." && pwd)
peers=$here/.build/peers/root
ours=${WAYBILL_BIN:-$here/.build/bin}/makemap
theirs=$peers/usr/libexec/sendmail/makemap
libraries=$peers/usr/lib/x86_64-linux-gnu:$peers/lib/x86_64-linux-gnu
runs=${BENCH_RUNS:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/waybill-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
[ $# -gt 0 ] || set -- 10000 1000000
for program in "$theirs" "$ours"; do
  [ -x "$program" ] || { echo "maps.sh: $program is not there; run make peers build" >&2; exit 69; }
done
printf 'V10/Berkeley\nO TrustedUser=root\n' > "$work/mini.cf"

# userI@domainJ.example<TAB>userI in random order, always the same one.
entries() {
  awk -v count="$1" 'BEGIN {
    srand(7)
    for (i = 1; i <= count; i++)
      printf "%.9f\tuser%d@domain%d.example\tuser%d\n", rand(), i, i % 9973, i
  }' | sort -T "$work" | cut -f2-
}

# Adds a line of wall, user and system seconds to the file named first.
measure() { # name, program, type
  rm -f "$work/map.db"
  bash -c 'TIMEFORMAT="%R %U %S"; export LD_LIBRARY_PATH=$1
    time "$2" -C "$3/mini.cf" "$4" "$3/map" < "$3/entries" 2> "$3/messages"' \
    measure "$libraries" "$2" "$work" "$3" 2>> "$work/$1"
  stat -c %s "$work/map.db" > "$work/size.$1"
}

summary() { # file of times
  sort -n "$1" | awk '{ wall[NR] = $1; cpu += $2 + $3 }
    END { printf "%.4f %.4f\n", cpu / NR, wall[int((NR + 1) / 2)] }'
}

echo "makemap, $runs runs each in turn; $(nproc) cores, $(uname -sr)"
echo "theirs: sendmail 8.17 as Debian packages it, with its libdb 5.3"
echo "ours:   $ours, $(stat -c %s "$(readlink -f "$ours")" | awk '{ printf "%.1f MB", $1 / 1e6 }')"
for count in "$@"; do
  entries "$count" > "$work/entries"
  for type in hash btree; do
    : > "$work/theirs"
    : > "$work/ours"
    run=0
    while [ "$run" -lt "$runs" ]; do
      measure theirs "$theirs" "$type"
      measure ours "$ours" "$type"
      run=$((run + 1))
    done
    echo "$(summary "$work/theirs") $(summary "$work/ours") $(cat "$work/size.theirs" "$work/size.ours" | xargs)" |
      awk -v what="$type, $count entries" '{
        printf "%-24s CPU %.3f s against %.3f s: %.1fx   wall %.3f s against %.3f s: %.1fx   file %.1f MB against %.1f MB\n",
          what, $3, $1, $1 / $3, $4, $2, $2 / $4, $6 / 1e6, $5 / 1e6
      }'
  done
done
