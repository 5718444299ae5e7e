#!/bin/bash
# m4.sh: GNU m4 and ours in turn, on the same input, in one run.
#
#   usage: BENCH_RUNS=5 Tests/Bench/m4.sh [CASE…]      default: all of them
#
# Prints of each case the medians of wall or CPU time (user + system), peer / ours, and
# the goal; the peak memory of both; and by how much the work of ours grows when its input
# does tenfold. Short commands are repeated and divided. Nothing is written outside a
# temporary folder.
#
# Fails: with status 69 where a program is missing. A goal that is missed is only said to be.
set -eu
cd "$(dirname "$0")/../.."
runs=${BENCH_RUNS:-5}
root=$PWD/.build/peers/root library=$PWD/.build/peers/cf
peer=$root/usr/bin/m4 ours=$PWD/.build/bin/m4 waybill=$PWD/.build/bin/waybill
. Tests/Bench/parts/autoconf.sh
# For the peer; a program that sets it each time would be measured with both.
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu" LC_ALL=C
for program in "$peer" "$ours" "$waybill"; do
  [ -x "$program" ] || { echo "m4.sh: $program is not there; run make peers build" >&2; exit 69; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# MARK: Input, all of it made here. What takes a number is made in any size.

forloop='define(`forloop'\'', `pushdef(`$1'\'', `$2'\'')_forloop($@)popdef(`$1'\'')'\'')
define(`_forloop'\'', `$4`'\''ifelse($1, `$3'\'', `'\'', `define(`$1'\'', incr($1))$0($@)'\'')'\'')'

loop() { # TURNS
  printf '%s\n' 'divert(-1)' "$forloop" 'define(`sum'\'', 0)' \
    "forloop(\`i', 1, $1, \`define(\`sum', eval(sum + i % 7))')" 'divert(0)sum'
}
calls() { # CALLS
  awk -v n="$1" 'BEGIN { print "define(`pair'\'', `<$1:$2>'\'')dnl"
    for (i = 0; i < n; i++) print "pair(word" i ", `second'\'')" }'
}
text() { # LINES
  awk -v n="$1" 'BEGIN { print "define(`badger'\'', `otter'\'')dnl"
    for (i = 0; i < n; i++) print "all the young badger cubs of field " i " sleep (in the shade) all day" }'
}
strings() { # APPENDS LOOKUPS
  printf '%s\n' 'divert(-1)' "$forloop" 'define(`all'\'', `'\'')' \
    "forloop(\`i', 1, $1, \`define(\`all', defn(\`all')\`xy'i\` ')')" \
    'define(`letters'\'', translit(defn(`all'\''), `0-9'\'', `a-j'\''))' \
    "forloop(\`i', 1, $2, \`define(\`at', index(defn(\`all'), \`zz'))define(\`part', substr(defn(\`all'), i, 50))')" \
    'divert(0)len(defn(`all'\'')) len(defn(`letters'\'')) at part'
}
patterns() { # TURNS
  printf '%s\n' 'divert(-1)' "$forloop" \
    'define(`line'\'', `jane.doe7@mail.example.org; Somebody+list@lists.example.net; <a@b.c> 99'\'')' \
    "forloop(\`i', 1, $1, \`define(\`one', patsubst(defn(\`line')i, \`\\([A-Za-z0-9.+]+\\)@\\([a-z.]+\\)', \`\\2:\\1'))dnl
define(\`two', regexp(defn(\`line')i, \`<\\([a-z]\\)@.*\\([0-9]+\\)\$', \`\\1\\2'))')" 'divert(0)one two'
}
shifts() { # ARGUMENTS
  echo 'define(`each'\'', `ifelse(`$#'\'', `0'\'', `'\'', `$#'\'', `1'\'', `last: $1'\'', `$0(shift($@))'\'')'\'')dnl'
  awk -v n="$1" 'BEGIN { printf "each("; for (i = 1; i < n; i++) printf "item%d,", i; print "item" n ")" }'
}
names() { # NAMES
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "define(`name" i "'\'', `value " i "'\'')dnl"
    for (i = 0; i < n; i++) print "name" (i * 7919) % n }'
}
diversions() { # LINES
  awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "divert(" i % 100 ")a line that waits, of number " i
    print "divert(0)dnl" }'
}

# MARK: Measuring

# measure NAME REPEATS COMMAND: appends "wall cpu" in milliseconds a run to $work/NAME. xargs
# starts the commands: this shell would take a millisecond for each, of itself.
measure() {
  local name=$1 repeats=$2 command=$3 TIMEFORMAT='%3R %3U %3S'
  { time seq "$repeats" | eval "xargs -I ONCE $command" > /dev/null 2>&1 || true; } 2>&1 |
    awk -v n="$repeats" '{ print $1 * 1000 / n, ($2 + $3) * 1000 / n }' >> "$work/$name"
}
# ending COMMAND: with which status it ends
ending() { eval "$1" > /dev/null 2>&1 < /dev/null && echo 0 || echo $?; }
median() { sort -g | awk '{ a[NR] = $1 } END { print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# wanted CASE: whether it was asked for
asked=" $* "
wanted() { [ "$asked" = '  ' ] || [[ $asked == *" $1 "* ]]; }

# compare CASE KIND GOAL REPEATS TITLE PEER-COMMAND OUR-COMMAND: KIND is wall or CPU
compare() {
  wanted "$1" || return 0
  rm -f "$work"/{peer,ours}
  local peers ourselves
  peers=$(ending "$6") ourselves=$(ending "$7")
  [ "$peers" = "$ourselves" ] || {
    echo "  $5: not the same work: the peer ends with status $peers, ours with $ourselves"
    return 0
  }
  for ((run = 0; run < runs; run++)); do
    measure peer "$4" "$6"
    measure ours "$4" "$7"
  done
  local column=1
  [ "$2" = wall ] || column=2
  echo "$(awk -v c=$column '{ print $c }' "$work/peer" | median) $(awk -v c=$column '{ print $c }' "$work/ours" | median)" |
    awk -v title="$5" -v kind="$2" -v goal="$3" '{
      printf "  %-46s %-4s peer %9.2f ms  ours %9.2f ms  %6.2fx  goal %5.2fx%s\n", title, kind, $1, $2, $1 / $2, goal,
        ($1 / $2 < goal) ? "  MISSED" : "" }'
}

# same CASE GOAL TITLE ARGUMENTS: CPU and then memory of both on the same arguments
same() {
  wanted "$1" || return 0
  compare "$1" CPU "$2" 1 "$3" "$peer $4" "$ours $4"
  memory "$1" "$3" "$4" "${5:-}"
}

# memory CASE TITLE ARGUMENTS [WRAP]: m4 looks at itself when all is read and done; WRAP is how
# it is told so beforehand, where m4's own names and quotes are not in force
memory() {
  wanted "$1" || return 0
  local program look="grep VmHWM /proc/\$PPID/status >> $work/peak" wrap=${4:-"m4wrap(\`syscmd(\`@')')"}
  echo "${wrap/@/$look}" > "$work/peak.m4"
  rm -f "$work/peak"
  for program in "$peer" "$ours"; do eval "$program $work/peak.m4 $3" > /dev/null 2>&1 < /dev/null || true; done
  [ "$(wc -l < "$work/peak")" = 2 ] || { echo "  $2: no peak memory"; return 0; }
  awk '{ print $2 / 1000 }' "$work/peak" | xargs |
    awk -v title="  its peak memory" '{
      printf "  %-46s      peer %9.2f MB  ours %9.2f MB  %6.2f of it, goal at most 1.50%s\n", title, $1, $2, $2 / $1,
        ($2 / $1 > 1.5) ? "  MISSED" : "" }'
}

# instructions ARGUMENTS: how many ours executes; nothing where they cannot be counted
instructions() {
  if command -v valgrind > /dev/null; then
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$counted" "$@" 2>&1 > /dev/null < /dev/null |
      awk '/Collected/ { print $4 }'
  else
    # A virtual machine may have no counter, which perf says in the place of the number.
    perf stat -x, -e instructions:u "$counted" "$@" 2>&1 > /dev/null < /dev/null |
      awk -F, '/instructions/ && $1 ~ /^[0-9]+$/ { print $1 }'
  fi
}

# grows TITLE SIZE MAKER [MORE]: the same work, and ten times as much
grows() {
  wanted growth || return 0
  "$3" "$2" ${4:-} > "$work/small.m4"
  "$3" $(($2 * 10)) ${4:-} > "$work/large.m4"
  local none small large
  # Starting is no part of it.
  none=$(instructions -L0 /dev/null) small=$(instructions -L0 "$work/small.m4") large=$(instructions -L0 "$work/large.m4")
  [ -n "$none" ] && [ -n "$small" ] && [ -n "$large" ] || { echo "  $1: not counted, which takes valgrind or perf"; return 0; }
  echo "$((small - none)) $((large - none))" | awk -v title="$1" -v n="$2" '{
    printf "  %-46s %9d: %7.1f M, %9d: %8.1f M instructions, %5.2fx  goal at most 11%s\n", title, n, $1 / 1e6, n * 10,
      $2 / 1e6, $2 / $1, ($2 / $1 > 11) ? "  MISSED" : "" }'
}

# MARK: The cases

echo "m4: $("$ours" --version | head -1) against $("$peer" --version | head -1); medians of $runs runs in turn"
echo "above 1x ours is faster; wall where the goal is one of wall, else CPU; $(nproc) cores, $(uname -sr)"
loop 1000000 > "$work/loop.m4"
calls 1000000 > "$work/calls.m4"
text 640000 > "$work/text.m4"
strings 20000 3000 > "$work/strings.m4"
patterns 60000 > "$work/patterns.m4"
shifts 1000 > "$work/shift3.m4"
shifts 10000 > "$work/shift4.m4"
shifts 100000 > "$work/shift5.m4"

cd "$library/cf"
site='../m4/cf.m4 generic-linux.mc'
compare start wall 1.25 50 'start, empty input' "$peer /dev/null" "$ours /dev/null"
memory start 'start' /dev/null
compare sendmail wall 1.25 10 'generic-linux.mc, as people run it' "$peer $site" "$ours $site"
compare sendmail wall 1.5 20 'generic-linux.mc, -D_NO_MAKEINFO_' "$peer -D_NO_MAKEINFO_ $site" "$ours -D_NO_MAKEINFO_ $site"
memory sendmail 'generic-linux.mc' "-D_NO_MAKEINFO_ $site"
compare waybill wall 4 10 'the same by waybill build, stock library' "$peer $site" \
  "$waybill build --library $library generic-linux.mc --stdout"
cd - > /dev/null
if wanted autoconf; then
  arguments=$(autoconf_run)
  if [ -n "$arguments" ]; then
    cd "$work/grep"
    same autoconf 2 "autoconf's run for grep" "$arguments" 'm4_builtin([m4wrap], [m4_syscmd([@])])'
    cd - > /dev/null
  else
    echo "  autoconf's run: not measured, which takes the sources of grep; run make peers"
  fi
fi
same loop 3 'recursive loop to 1,000,000' "-L0 $work/loop.m4"
same calls 3 '1,000,000 calls of a macro' "$work/calls.m4"
same text 6 "$(($(stat -c %s "$work/text.m4") / 1000000)) MB of text, few macros" "$work/text.m4"
same strings 8 'a string of 20,000 parts, 3,000 searches in it' "-L0 $work/strings.m4"
same patterns 2 '60,000 patsubst and 60,000 regexp' "-L0 $work/patterns.m4"
same shift 1 'shift($@) over 1,000 arguments' "-L0 $work/shift3.m4"
# The peer takes a long time over these, and over the last of them more than an hour.
runs=1 same shift 1 'the same over 10,000, once' "-L0 $work/shift4.m4"
if wanted shift; then
  measure long 1 "timeout 100 $ours -L0 $work/shift5.m4"
  awk '{ printf "  %-46s CPU                     ours %9.2f ms\n", "the same over 100,000, once", $2 }' "$work/long"
fi

if wanted growth; then
  echo 'growth of ours, in instructions:'
  # valgrind does not get through all that Swift writes for debuggers.
  counted=$work/counted
  strip -g -o "$counted" "$ours" 2> /dev/null || counted=$ours
fi
grows 'plain text, lines' 10000 text
grows 'calls of a macro' 5000 calls
grows 'turns of a recursive loop' 2000 loop
grows 'parts appended to a string' 500 strings 1
grows 'patsubst and regexp' 200 patterns
grows 'shift($@), arguments' 500 shifts
grows 'names defined and called' 2000 names
grows 'lines in 100 diversions' 5000 diversions
