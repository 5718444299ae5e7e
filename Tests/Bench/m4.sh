#!/bin/sh
# m4.sh: GNU m4 and ours in turn, on the same input, in one run.
#
#   usage: BENCH_RUNS=5 Tests/Bench/m4.sh
#
# Prints medians of wall and CPU (user + system) and the ratio peer / ours: above
# 1 ours is faster. Short commands are repeated and divided. Nothing is written
# outside a temporary folder.
set -eu
cd "$(dirname "$0")/../.."
runs=${BENCH_RUNS:-5}
root=$PWD/.build/peers/root
library=$PWD/.build/peers/cf
# For the peer; a program that sets it each time would be measured with both.
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/loop.m4" <<'X'
divert(-1)
define(`forloop', `pushdef(`$1', `$2')_forloop($@)popdef(`$1')')
define(`_forloop', `$4`'ifelse($1, `$3', `', `define(`$1', incr($1))$0($@)')')
define(`n', 0)
forloop(`i', 1, 300000, `define(`n', eval(n + i % 7))')
divert(0)n
X
awk 'BEGIN { print "define(`fox'\'', `wolf'\'')dnl"
  for (i = 0; i < 200000; i++) print "the quick brown fox jumps over line " i " of (plain) text" }' > "$work/text.m4"

# measure NAME REPEATS COMMAND...: appends "wall cpu" in milliseconds a run to $work/NAME
measure() {
  name=$1 repeats=$2; shift 2
  bash -c 'name=$1 repeats=$2; shift 2; TIMEFORMAT="%3R %3U %3S"
    { time for ((i = 0; i < repeats; i++)); do "$@" >/dev/null 2>&1 || true; done; } 2>&1 |
      awk -v n="$repeats" "{ print \$1 * 1000 / n, (\$2 + \$3) * 1000 / n }" >> "$name"' \
    - "$work/$name" "$repeats" "$@"
}
median() { sort -g | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# compare TITLE REPEATS "PEER COMMAND" "OUR COMMAND"
compare() {
  rm -f "$work/peer" "$work/ours"
  i=0
  while [ $i -lt "$runs" ]; do
    # shellcheck disable=SC2086
    measure peer "$2" $3
    # shellcheck disable=SC2086
    measure ours "$2" $4
    i=$((i + 1))
  done
  for column in 1 2; do
    theirs=$(awk -v c=$column '{ print $c }' "$work/peer" | median)
    own=$(awk -v c=$column '{ print $c }' "$work/ours" | median)
    kind=wall; [ $column = 2 ] && kind='CPU '
    echo "$1|$kind|$theirs|$own" | awk -F'|' '{ printf "  %-44s %s  peer %9.2f ms  ours %9.2f ms  ratio %6.2f\n", $1, $2, $3, $4, $3 / $4 }'
  done
}

echo "m4: $("$PWD/.build/bin/m4" --version | head -1) against $(LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu "$root/usr/bin/m4" --version | head -1); medians of $runs runs in turn"
m4=$root/usr/bin/m4 ours=$PWD/.build/bin/m4 waybill=$PWD/.build/bin/waybill
cd "$library/cf"
compare 'start, empty input' 50 "$m4 /dev/null" "$ours /dev/null"
compare 'generic-linux.mc, -D_NO_MAKEINFO_' 20 "$m4 -D_NO_MAKEINFO_ ../m4/cf.m4 generic-linux.mc" "$ours -D_NO_MAKEINFO_ ../m4/cf.m4 generic-linux.mc"
compare 'generic-linux.mc, as people run it' 10 "$m4 ../m4/cf.m4 generic-linux.mc" "$ours ../m4/cf.m4 generic-linux.mc"
compare 'the same by waybill build, stock library' 10 "$m4 ../m4/cf.m4 generic-linux.mc" "$waybill build --library $library generic-linux.mc --stdout"
compare 'recursive loop to 300,000' 1 "$m4 -L0 $work/loop.m4" "$ours -L0 $work/loop.m4"
compare '12 MB of text, few macros' 1 "$m4 $work/text.m4" "$ours $work/text.m4"
