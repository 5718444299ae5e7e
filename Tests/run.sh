#!/bin/sh
# run.sh: every test, in several processes at a time, or those that are asked for:
#
#     sh Tests/run.sh [--filter REGEX] [--skip REGEX]
#
# Most tests wait: for a daemon to come up, for mail to arrive. One process has as many
# threads as the machine has cores and waits with all of them; several wait together.
#
# Fails: with status 1 where a process fails. Each one's lines are shown when it ends.
set -u
tests=$(ls .build/release/*PackageTests.xctest 2>/dev/null | head -n 1)
[ -n "$tests" ] || { echo 'Tests/run.sh: no tests are built' >&2; exit 66; }
[ $# = 0 ] || exec "$tests" --testing-library swift-testing "$@"
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

run() {
  name=$1
  shift
  "$tests" --testing-library swift-testing "$@" > "$logs/$name" 2>&1
  status=$?
  grep -v '^.*\(◇\|started\.$\)' "$logs/$name"
  echo "== $name: $([ $status = 0 ] && echo passed || echo "FAILED with status $status")"
  [ $status = 0 ] || touch "$logs/failed"
}

m4='PeerTests\.(M4|GNUM4)'
mail='PeerTests\.(Postfix|SMTP|Known)'
library='PeerTests\.Library'
testmode='PeerTests\.(TestMode|Map)'
translation='PeerTests\.(Translat|UnknownUsers|RewrittenAddresses)'
run 'peers: m4' --filter "$m4" &
run 'peers: library' --filter "$library" &
run 'peers: translation' --filter "$translation" &
run 'peers: mail' --filter "$mail" &
run 'peers: test mode' --filter "$testmode" &
run 'peers: the rest' --filter 'PeerTests\.' --skip "$m4|$mail|$library|$translation|$testmode" &
run 'runtime' --filter 'RuntimeTests\.' &
run 'commands' --filter 'CommandTests\.' &
run 'modules' --skip '(PeerTests|RuntimeTests|CommandTests)\.' &
wait
[ ! -e "$logs/failed" ]
