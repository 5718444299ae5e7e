#!/bin/sh
# demo.sh: the main job on the examples, as far as Waybill goes today.
# Run by `make demo`, which sets everything up first.
set -eu
cd "$(dirname "$0")/.."
waybill=.build/bin/waybill

say() { printf '\n%s\n' "$1"; }

for site in debian example.edu; do
  say "== examples/$site: sendmail.mc to sendmail.cf and tables"
  "$waybill" build "examples/$site/sendmail.mc" --tables "examples/$site" -o "out/$site"
done

say '== how the Debian host routes a few addresses (a client at 192.0.2.7 asks)'
"$waybill" trace --brief --config out/debian/sendmail.cf --client 192.0.2.7 \
  boss@example.edu staff@example.edu games@chess-club.example.org x@lab.example.edu \
  x@remote.example nobody@example.edu

say '== how the relay of example.edu sends emp0 on'
"$waybill" trace --brief --config out/example.edu/sendmail.cf --client 203.0.113.5 \
  emp0@example.edu x@cs.example.edu x@remote.example

if [ "$(id -u)" = 0 ] && [ -x .build/peers/root/usr/libexec/sendmail/sendmail ]; then
  say '== the real sendmail reads what was built, and says the same of the first address'
  root=$PWD/.build/peers/root
  sed "s,/etc/mail/,$PWD/out/debian/,g" out/debian/sendmail.cf > out/debian/here.cf
  printf '/parse boss@example.edu\n/parse x@lab.example.edu\n' |
    LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu unshare -u sh -c \
      'hostname mail.example.edu; exec "$0" -C "$1" -bt' \
      "$root/usr/libexec/sendmail/sendmail" out/debian/here.cf | grep '^mailer'
  rm -f out/debian/here.cf
fi

say 'Next: read the rules behind an answer with'
echo '    .build/bin/waybill trace --config out/debian/sendmail.cf boss@example.edu'
echo 'or try a mistake: change a name in examples/debian/sendmail.mc and build again.'
