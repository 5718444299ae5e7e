#!/bin/bash
# rules.sh - rules a second through `sendmail -bt`: the real one and ours, in turn
#
# 20,000 addresses from a pipe, each question in one process, the outputs compared.
# Needs root: the real sendmail waits a minute under a host name without a dot, so
# both run in a UTS namespace of their own. DNS is not asked: hosts come from files.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
peers=$root/.build/peers
ours=${1:-$root/.build/release/sendmail}
real=$peers/root/usr/libexec/sendmail/sendmail
runs=${RUNS:-5}
count=${COUNT:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libraries=$peers/root/usr/lib/x86_64-linux-gnu:$peers/root/lib/x86_64-linux-gnu
export LC_ALL=C

printf 'hosts\tfiles\naliases\tfiles\npasswd\tfiles\n' > "$work/switch"
mkdir "$work/q"
cat > "$work/bench.mc" <<MC
OSTYPE(linux)dnl
DOMAIN(generic)dnl
define(\`confSERVICE_SWITCH_FILE',\`$work/switch')dnl
define(\`QUEUE_DIR',\`$work/q')dnl
FEATURE(\`nocanonify')dnl
MAILER(local)dnl
MAILER(smtp)dnl
MC
(cd "$peers/cf/cf" && LD_LIBRARY_PATH=$libraries "$peers/root/usr/bin/m4" -D_NO_MAKEINFO_ \
  ../m4/cf.m4 "$work/bench.mc") > "$work/bench.cf"
awk -v n="$count" 'BEGIN { srand(5); for (i = 0; i < n; i++) { x = int(rand() * 100000) + 1; r = i % 4
  print (r == 0) ? "user" x "@d" x ".example" : (r == 1) ? "u" x "@v.example" : \
    (r == 2) ? "User " x " <g" x "@g.example>" : "local" x "@other" x ".example" } }' > "$work/addresses"
: > "$work/in.start"
sed 's/^/3,0 /' "$work/addresses" > "$work/in.3,0"
sed 's,^,/parse ,' "$work/addresses" > "$work/in.parse"
{ echo /tryflags HS; sed 's,^,/try esmtp ,' "$work/addresses"; } > "$work/in.try"

# once PROGRAM QUESTION: appends "wall user" in seconds
once() {
  local start end
  start=$(date +%s%N)
  cat "$work/in.$2" | unshare -u sh -c 'hostname bench.example; exec "$@"' sh \
    /usr/bin/time -o "$work/time" -f %U env LD_LIBRARY_PATH="$libraries" \
    "$([ "$1" = real ] && echo "$real" || echo "$ours")" -C "$work/bench.cf" -bt > "$work/out.$1" 2>/dev/null || true
  end=$(date +%s%N)
  echo "$(( (end - start) / 10000 )) $(tail -1 "$work/time")" | awk '{ print $1 / 1e5, $2 }' >> "$work/t.$1.$2"
}
version() { unshare -u sh -c 'hostname bench.example; exec "$@"' sh env LD_LIBRARY_PATH="$libraries" "$real" \
  -C "$work/bench.cf" -d0.1 -bt < /dev/null 2> /dev/null | awk '/^Version/ { print $2; exit }'; }
median() { awk -v c="$2" '{ print $c }' "$1" | sort -g | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

echo "sendmail -bt, $count addresses from a pipe, median of $runs runs in turn (real: $(version))"
for question in start 3,0 parse try; do
  same=same
  for ((run = 0; run < runs; run++)); do
    once real "$question"
    once ours "$question"
    cmp -s "$work/out.real" "$work/out.ours" || same=DIFFERENT
  done
  awk -v q="$question" -v rw="$(median "$work/t.real.$question" 1)" -v ow="$(median "$work/t.ours.$question" 1)" \
    -v ru="$(median "$work/t.real.$question" 2)" -v ou="$(median "$work/t.ours.$question" 2)" -v s="$same" 'BEGIN {
      printf "%-6s wall real %7.3f s, ours %7.3f s: %5.1fx   user real %5.2f s, ours %5.2f s: %4.1fx   output %s\n",
        q, rw, ow, rw / ow, ru, ou, (ou > 0) ? ru / ou : 0, s }'
done
