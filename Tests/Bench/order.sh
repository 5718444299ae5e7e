#!/bin/bash
# order.sh: writes Sources/functions.order, in which order the linker lays the functions of the commands.
#
#   usage: Tests/Bench/order.sh
#
# Those that start m4 come first, then those that it needs for a site file and for `configure` of a real
# package, then those of `waybill build`. The commands must be built; build them again after it. Names that
# the file lacks, or that are gone, cost a little memory and time and nothing else.
#
# Fails: with status 69 where a program is missing.
set -eu
cd "$(dirname "$0")/../.."
library=$PWD/.build/peers/cf m4=$PWD/.build/bin/m4 waybill=$PWD/.build/bin/waybill
command -v valgrind > /dev/null || { echo "order.sh: valgrind is not there" >&2; exit 69; }
for program in "$m4" "$waybill" "$library"; do
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
# What autoconf needs is what most other input needs.
printf '%s\n' 'changequote([,])define([m], [$1$#$*$@])define([b], defn([m]))pushdef([m], [x])popdef([m])m(a,[b])' \
  'eval(1+2*3)ifelse(a,a,[b],[c])len(abc)index(abc,b)substr(abc,1)translit(abc,a-c,A-C)' \
  'regexp([abc],[b\(.\)],[\1])patsubst([abc],[b],[c])format([%d],3)incr(3)divert(3)text' \
  'divert(0)undivert(3)m4wrap([x])' > "$work/all.m4"

cd "$library/cf"
{
  run "$m4" /dev/null
  run "$m4" ../m4/cf.m4 generic-linux.mc
  run "$m4" "$work/all.m4"
  run "$waybill" build --library "$library" generic-linux.mc --stdout
} | awk '!seen[$0]++' > "$work/order"
mv "$work/order" "$OLDPWD/Sources/functions.order"
wc -l "$OLDPWD/Sources/functions.order"
