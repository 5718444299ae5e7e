#!/bin/bash
# smtp.sh - mail taken by SMTP: the real Postfix and sendmail and our runtime, in turn
#
# Postfix's own smtp-source sends; each server has its default durability, its queue in the
# same file system, and throws the mail away once it is queued (Postfix by its discard
# transport, sendmail into /dev/null). Ours runs under the configuration of each of them.
# CPU is that of all processes of a server, those that have ended counted. Needs root.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
peers=$root/.build/peers
waybill=${1:-$root/.build/release/waybill}
runs=${RUNS:-${BENCH_RUNS:-5}}
[ "$(id -u)" = 0 ] || { echo 'smtp.sh: skipped, the real Postfix needs root'; exit 0; }
[ "$(hostname)" = bench.example ] || exec unshare -u bash -c 'hostname bench.example; exec bash "$0" "$@"' "$0" "$@"
work=$(mktemp -d)
chmod 755 "$work"
export LC_ALL=C
export LD_LIBRARY_PATH=$peers/root/usr/lib/x86_64-linux-gnu:$peers/root/lib/x86_64-linux-gnu:$peers/root/usr/lib/postfix
sbin=$peers/root/usr/sbin
source="timeout 120 $sbin/smtp-source"
server=
port=0

# A port that is free now.
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
wait_port() {
  for _ in $(seq 400); do (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && return; sleep 0.05; done
  echo "smtp.sh: nothing listens on port $port" >&2; return 1
}
# Everything that a server starts is in its session (setsid).
members() { ps -o pid= -s "$server" 2> /dev/null; }
stop() {
  [ -n "$server" ] || return 0
  kill -TERM $(members) 2> /dev/null || true
  for _ in $(seq 100); do [ -z "$(members)" ] && break; sleep 0.1; done
  kill -KILL $(members) 2> /dev/null || true
  server=
}
trap 'stop; rm -rf "$work"' EXIT
# Seconds of CPU: what each process has used, and what those used that it has waited for.
cpu() {
  for pid in $(members); do cat "/proc/$pid/stat" 2> /dev/null || true; done |
    awk -v hz="$(getconf CLK_TCK)" '{ sub(/^.*\) /, ""); t += $12 + $13 + $14 + $15 } END { print t / hz }'
}
memory() { for pid in $(members); do cat "/proc/$pid/smaps_rollup" 2> /dev/null || true; done | awk '/^Pss:/ { k += $2 } END { print k / 1024 }'; }

# --- configurations

postfix_configuration() {
  mkdir -p "$work/pf/etc" "$work/pf/spool" "$work/pf/data" "$work/pf/log"
  chown daemon "$work/pf/data"
  cp "$peers/root/etc/postfix/postfix-files" "$work/pf/etc/"
  : > "$work/pf/etc/dynamicmaps.cf"
  cat > "$work/pf/etc/main.cf" << CF
compatibility_level = 3.6
queue_directory = $work/pf/spool
data_directory = $work/pf/data
command_directory = $sbin
daemon_directory = $peers/root/usr/lib/postfix/sbin
shlib_directory = $peers/root/usr/lib/postfix
meta_directory = $work/pf/etc
mail_owner = daemon
setgid_group = mail
import_environment = MAIL_CONFIG TZ LD_LIBRARY_PATH
maillog_file = $work/pf/log/postfix
maillog_file_prefixes = $work/pf
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
myhostname = bench.example
mydestination = bench.example
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
alias_database =
local_transport = discard:
default_transport = discard:
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
CF
  cat > "$work/pf/etc/master.cf" << CF
127.0.0.1:$port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
CF
}
sendmail_configuration() {
  mkdir -p "$work/sm/queue" "$work/sm/mail"
  chmod 700 "$work/sm/queue"
  printf 'hosts\tfiles\naliases\tfiles\npasswd\tfiles\n' > "$work/sm/switch"
  echo 'bench: /dev/null' > "$work/sm/mail/aliases"
  cat > "$work/sm/sendmail.mc" << MC
OSTYPE(linux)dnl
define(\`confSERVICE_SWITCH_FILE',\`$work/sm/switch')dnl
define(\`confDONT_BLAME_SENDMAIL',\`GroupWritableDirPathSafe,MapInUnsafeDirPath,FileDeliveryToSymLink')dnl
define(\`ALIAS_FILE',\`$work/sm/mail/aliases')dnl
define(\`STATUS_FILE',\`')dnl
define(\`QUEUE_DIR',\`$work/sm/queue')dnl
define(\`confPID_FILE',\`$work/sm/pid')dnl
define(\`confDOMAIN_NAME',\`bench.example')dnl
define(\`confQUEUE_LA',\`1000')dnl
define(\`confREFUSE_LA',\`1000')dnl
define(\`confTO_IDENT',\`0')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`no_default_msa')dnl
LOCAL_DOMAIN(\`bench.example')dnl
DAEMON_OPTIONS(\`Port=$port, Addr=127.0.0.1, Name=MTA, Listen=1000')dnl
MAILER(local)dnl
MAILER(smtp)dnl
MC
  (cd "$peers/cf/cf" && "$peers/root/usr/bin/m4" -D_NO_MAKEINFO_ ../m4/cf.m4 "$work/sm/sendmail.mc") \
    > "$work/sm/sendmail.cf"
  "$peers/root/usr/libexec/sendmail/sendmail" -C "$work/sm/sendmail.cf" -bi > /dev/null
  cp /etc/passwd "$work/sm/passwd"
}

# --- servers

start() {
  case $1 in
    postfix)
      "$sbin/postfix" -c "$work/pf/etc" check 2> /dev/null || true
      setsid "$peers/root/usr/lib/postfix/sbin/master" -c "$work/pf/etc" -d > "$work/log" 2>&1 & ;;
    sendmail)
      setsid "$peers/root/usr/libexec/sendmail/sendmail" -C "$work/sm/sendmail.cf" -bD > "$work/log" 2>&1 & ;;
    ours-main.cf | ours-sendmail.cf)
      local file=$work/pf/etc/main.cf
      [ "$1" = ours-main.cf ] || file=$work/sm/sendmail.cf
      rm -rf "$work/state"
      mkdir "$work/state"
      chown daemon "$work/state"
      setsid "$waybill" serve "$file" --state "$work/state" --listen "127.0.0.1:$port" --programs \
        --host bench.example --user daemon > "$work/log" 2>&1 & ;;
  esac
  server=$!
  wait_port || { cat "$work/log" >&2; exit 1; }
}

# measure SERVER LOAD COUNT WORDS…: appends "msg/s, ms of CPU a message, MB"
measure() {
  local name=$1 load=$2 count=$3 c0 c1 s e
  shift 3
  start "$name"
  # The first connection makes processes and engines.
  $source -m 40 -s 20 -f s@client.example -t bench@bench.example "127.0.0.1:$port" > /dev/null 2>&1
  c0=$(cpu)
  s=$(date +%s%N)
  $source "$@" -m "$count" -f s@client.example -t bench@bench.example "127.0.0.1:$port" > "$work/out" 2>&1 ||
    { echo "smtp.sh: $name, $load: $(tail -1 "$work/out")" >&2; exit 1; }
  e=$(date +%s%N)
  # What was taken is thrown away meanwhile or soon after; that counts, too.
  sleep 2
  c1=$(cpu)
  awk -v n="$count" -v t=$((e - s)) -v c0="$c0" -v c1="$c1" -v m="$(memory)" \
    'BEGIN { print n / (t / 1e9), (c1 - c0) * 1000 / n, m }' >> "$work/t.$name.$load"
  stop
}
median() { awk -v c="$3" '{ print $c }' "$work/t.$1.$2" | sort -g | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

port=$(free_port)
postfix_configuration
sendmail_configuration
postfix_name="Postfix $("$sbin/postconf" -c "$work/pf/etc" -h mail_version)"
echo "mail by SMTP, 4 kB each, 20 sessions; median of $runs runs in turn ($postfix_name)"
servers='postfix ours-main.cf sendmail ours-sendmail.cf'
for ((run = 0; run < runs; run++)); do
  for name in $servers; do
    few=$([ "$name" = sendmail ] && echo 600 || echo 3000)
    measure "$name" new "$few" -s 20 -l 4096
    measure "$name" reused "$few" -d -s 20 -l 4096
    measure "$name" single 200 -s 1 -l 4096
  done
done
for name in $servers; do
  for load in new reused; do
    printf '%-17s %-7s %8.0f msg/s   CPU %5.2f ms a message   %4.0f MB\n' "$name" "$load" \
      "$(median "$name" $load 1)" "$(median "$name" $load 2)" "$(median "$name" $load 3)"
  done
  awk -v n="$name" -v r="$(median "$name" single 1)" 'BEGIN { printf "%-17s one session, a connection a message: %.2f ms each\n", n, 1000 / r }'
done
for pair in 'ours-main.cf postfix' 'ours-sendmail.cf sendmail' 'ours-sendmail.cf postfix'; do
  set -- $pair
  awk -v a="$1" -v b="$2" -v n="$(median "$1" new 1)" -v m="$(median "$2" new 1)" -v r="$(median "$1" reused 1)" \
    -v q="$(median "$2" reused 1)" -v c="$(median "$1" new 2)" -v d="$(median "$2" new 2)" \
    -v s="$(median "$1" single 1)" -v t="$(median "$2" single 1)" 'BEGIN {
    printf "%s beside %s: %.1fx msg/s new, %.1fx reused; CPU %.2fx; round trip %.2fx\n", a, b, n / m, r / q, c / d, t / s }'
done

# 1,000 sessions that have been greeted and say nothing.
start ours-main.cf
before=$(memory)
ulimit -n 4096
perl -MIO::Socket::INET -e '
  my @s = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die "connection $_: $!\n" } 1 .. 1000;
  readline $_ for @s; print "greeted\n"; close STDOUT; sleep 3' "$port" > "$work/idle" &
for _ in $(seq 200); do grep -q greeted "$work/idle" && break; sleep 0.1; done
printf '1,000 idle sessions: %.0f MB, without them %.0f MB\n' "$(memory)" "$before"
wait $!
stop
