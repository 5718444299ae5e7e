#!/bin/bash
# order.sh: writes Sources/functions.order, in which order the linker lays the functions of the commands.
#
#   usage: Tests/order.sh
#
# Those that start m4 come first, then those that it needs for a site file and for `configure` of a real
# package, then those of `waybill build`. The commands must be built; build them again after it. Names that
# the file lacks, or that are gone, cost a little memory and time and nothing else.
#
# Fails: with status 69 where a program is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/.build/peers/root library=$PWD/.build/peers/cf order=$PWD/Sources/functions.order
peer=$root/usr/bin/m4 m4=$PWD/.build/bin/m4 waybill=$PWD/.build/bin/waybill
. Tests/Bench/parts/autoconf.sh
command -v valgrind > /dev/null || { echo "order.sh: valgrind is not there" >&2; exit 69; }
for program in "$m4" "$waybill" "$library" "$PWD/.build/peers/sources/grep"; do
  [ -e "$program" ] || { echo "order.sh: $program is not there; run make peers build" >&2; exit 69; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# run PROGRAM ARGUMENTS: the names of the functions that it calls, sorted. valgrind cannot read
# what Swift says for debuggers.
run() {
  local program=$work/program
  strip -g -o "$program" "$1"
  shift
  valgrind -q --tool=callgrind --demangle=no --callgrind-out-file="$work/calls" "$program" "$@" > /dev/null 2>&1 < /dev/null
  sed -n "s/^fn=([0-9]*) \([A-Za-z_\$][^ ']*\).*/\1/p; s/^cfn=([0-9]*) \([A-Za-z_\$][^ ']*\).*/\1/p" "$work/calls" | sort -u
}
configure=$(autoconf_run)
[ -n "$configure" ] || { echo "order.sh: autoconf made no run of m4" >&2; exit 69; }
{
  run "$m4" /dev/null
  cd "$library/cf"
  run "$m4" ../m4/cf.m4 generic-linux.mc
  cd "$work/grep"
  eval "run $m4 $configure"
  cd "$library/cf"
  run "$waybill" build --library "$library" generic-linux.mc --stdout
} | awk '!seen[$0]++' > "$work/order"
mv "$work/order" "$order"
wc -l < "$order"
