#!/bin/sh
# check.sh: builds, checks, tests and compares the sites of a repository of mail configurations.
#
#   sh check.sh [-b COMMIT] [-o FOLDER] [SITE...]
#
# A site is a folder with a sendmail.mc or a main.cf, its tables, and a routes.yaml with what
# is to become of its mail. Without names: every folder in sites/.
#
#   -b  compare with that commit: mail that goes elsewhere now is shown, and is no failure,
#       since changes are meant to change something; CHANGES=fail makes it one
#   -o  where built files and reports go (default: out)
#
# WAYBILL names the command, WAYBILL_OPTIONS more options for check and test, for instance
# --annotations. Ends with 0 when all is well, 1 when something is not, 64 for wrong usage.
set -u
waybill=${WAYBILL:-waybill}
out=out base= status=0

usage() { echo "usage: sh check.sh [-b COMMIT] [-o FOLDER] [SITE...]" >&2; exit 64; }

while getopts b:o: option; do
  case $option in
  b) base=$OPTARG ;;
  o) out=$OPTARG ;;
  *) usage ;;
  esac
done
shift $((OPTIND - 1))
if [ $# = 0 ]; then set -- sites/*; fi

failed() { echo "FAILED: $1" >&2; status=1; }

# The configuration of a site, as waybill is to be given it.
configuration() {
  if [ -e "$1/sendmail.mc" ]; then echo "$1/sendmail.mc"; else echo "$1"; fi
}

# Where mail goes otherwise than under the older commit.
compare() {
  before=$out/before
  if ! git cat-file -e "$base:./$1" 2>/dev/null; then echo "$1 is new"; return; fi
  rm -rf "$before" && mkdir -p "$before" && git archive "$base" "./$1" | tar -x -C "$before" ||
    { failed "git archive $base $1"; return; }
  "$waybill" compare "$(configuration "$before/$1")" "$(configuration "$1")" > "$out/$1/changes.txt"
  case $? in
  0) echo "no mail goes elsewhere than under $base" ;;
  1) cat "$out/$1/changes.txt"; [ "${CHANGES:-show}" != fail ] || failed "compare $1" ;;
  *) failed "compare $1" ;;
  esac
  rm -rf "$before"
}

for site; do
  site=${site%/}
  if [ ! -e "$site/sendmail.mc" ] && [ ! -e "$site/main.cf" ]; then
    failed "$site has neither a sendmail.mc nor a main.cf"
    continue
  fi
  echo "== $site"
  mkdir -p "$out/$site"
  # shellcheck disable=SC2086  # several options
  "$waybill" check ${WAYBILL_OPTIONS-} "$(configuration "$site")" || { failed "check $site"; continue; }
  if [ -e "$site/sendmail.mc" ]; then
    "$waybill" build "$site/sendmail.mc" --tables "$site" -o "$out/$site" || failed "build $site"
  fi
  if [ -e "$site/routes.yaml" ]; then
    # shellcheck disable=SC2086
    "$waybill" test ${WAYBILL_OPTIONS-} --junit "$out/$site/routes.xml" "$site/routes.yaml" || failed "test $site"
  fi
  if [ -n "$base" ]; then compare "$site"; fi
done
exit $status
