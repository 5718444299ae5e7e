#!/bin/sh
# demo.sh: the main job on the examples. Run by `make demo`, which sets everything up.
#
# A sendmail.mc becomes a sendmail.cf, its tables and a Postfix configuration; then
# both mail systems are asked the same envelopes.
set -eu
cd "$(dirname "$0")/.."
waybill=.build/bin/waybill
sites='debian example.edu'
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT

say() { printf '\n%s\n' "$1"; }

for site in $sites; do
  say "== examples/$site: sendmail.mc to sendmail.cf, tables and Postfix"
  "$waybill" build "examples/$site/sendmail.mc" --tables "examples/$site" --postfix -o "out/$site"
  {
    printf '\nexamples/%s\n' "$site"
    printf '  %s files in out/%s: sendmail.cf, %s\n' "$(find "out/$site" -type f | wc -l)" "$site" 'tables, the Postfix side'
    "$waybill" compare "out/$site/sendmail.cf" "out/$site/postfix" | sed 's/^/  /' || :
  } >> "$summary"
done

for site in $sites; do
  say "== examples/$site/routes.yaml: its promises, under sendmail and under what it becomes in Postfix"
  for config in "examples/$site/sendmail.mc" "out/$site/sendmail.cf" "out/$site/postfix"; do
    "$waybill" test "examples/$site/routes.yaml" --config "$config" --tables "out/$site"
  done
done

say '== how the Debian host routes a few addresses (a client at 192.0.2.7 asks)'
"$waybill" trace --brief --config out/debian/sendmail.cf --client 192.0.2.7 \
  boss@example.edu staff@example.edu games@chess-club.example.org x@lab.example.edu \
  x@remote.example nobody@example.edu

say '== how the relay of example.edu sends emp0 on, and what its Postfix side would do'
for config in out/example.edu/sendmail.cf out/example.edu/postfix; do
  "$waybill" trace --brief --config "$config" --tables out/example.edu --client 203.0.113.5 emp0@example.edu
done

if [ "$(id -u)" = 0 ] && [ -x .build/peers/root/usr/libexec/sendmail/sendmail ]; then
  say '== the real sendmail reads what was built, and says the same of two addresses'
  root=$PWD/.build/peers/root
  sed "s,/etc/mail/,$PWD/out/debian/,g" out/debian/sendmail.cf > out/debian/here.cf
  printf '/parse boss@example.edu\n/parse x@lab.example.edu\n' |
    LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu unshare -u sh -c \
      'hostname mail.example.edu; exec "$0" -C "$1" -bt' \
      "$root/usr/libexec/sendmail/sendmail" out/debian/here.cf | grep '^mailer'
  rm -f out/debian/here.cf
fi

for site in $sites; do
  say "== examples/$site: the same envelopes sent through the runtime, under the .cf and under the main.cf"
  "$waybill" compare --live --limit 400 "out/$site/sendmail.cf" "out/$site/postfix" | sed -n '/ sent by SMTP /,$p'
done

say '== examples/organisation/site.yaml: five hosts from one file, followed by the engines and then run'
"$waybill" build examples/organisation/site.yaml -o out/organisation
"$waybill" check examples/organisation/site.yaml
"$waybill" simulate examples/organisation/site.yaml --to emp0@example.edu --down mail.inf --svg out/organisation/emp0.svg

say '== summary: what both mail systems answered'
cat "$summary"

say 'Next: read the rules behind an answer'
echo '    .build/bin/waybill trace --config out/debian/sendmail.cf boss@example.edu'
echo 'change a line in out/debian/postfix/transport and see it found'
echo '    .build/bin/waybill compare out/debian/sendmail.cf out/debian/postfix'
echo 'promise something else in examples/debian/routes.yaml and see the trace'
echo '    .build/bin/waybill test examples/debian/routes.yaml'
echo 'or compile your own site'
echo '    .build/bin/waybill build /etc/mail/sendmail.mc --tables /etc/mail --postfix -o out/mine'
