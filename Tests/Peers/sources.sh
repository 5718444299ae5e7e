#!/bin/sh
# sources.sh: put what autoconf reads of some real packages into .build/peers/sources.
#
#   usage: Tests/Peers/sources.sh [FOLDER]        default FOLDER: .build/peers
#
# apt gives sources by lists that most machines do not have. Here they are made of the
# machine's own, below the folder, and thrown away afterwards.
#
# Fails: with status 69 where apt cannot be asked, and nothing is left half done.
set -eu
folder=${1:-.build/peers}
packages='hello sed grep gawk tar'
version='1'

[ "$(cat "$folder/sources/complete" 2>/dev/null)" = "$version" ] && exit 0
for tool in apt-get tar xz; do
  command -v $tool >/dev/null || { echo "sources.sh: $tool not found: the sources are Debian's" >&2; exit 69; }
done

mkdir -p "$folder"
work=$(cd "$folder" && pwd)/sources.new
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/apt/entries" "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/download" "$work/sources"

# The files that name Debian's archive, each for sources.
apt-get indextargets --format '$(SOURCESENTRY)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' |
  sed 's/:[0-9]*$//' | sort -u | while read -r list; do
    sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$list" > "$work/apt/entries/${list##*/}"
  done
apt() {
  apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/apt/entries" \
    -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt" -o APT::Sandbox::User=root "$@"
}
# Some list of many may fail; what counts is whether the packages come.
apt update || true
# shellcheck disable=SC2086
(cd "$work/download" && apt source --download-only $packages) || {
  echo 'sources.sh: apt gives no sources; tests of autoconf do without' >&2; exit 69; }

for package in $packages; do
  archive=$(echo "$work/download/$package"_*.orig.tar.?z*)
  mkdir "$work/sources/$package"
  # Not all of them have all of these, which tar minds.
  tar -xf "${archive%% *}" -C "$work/sources/$package" --strip-components=1 --no-same-owner --wildcards \
    '*/configure.ac' '*/acinclude.m4' '*/aclocal.m4' '*/m4' '*/build-aux' '*/.tarball-version' '*/.version' \
    2>/dev/null || true
  [ -e "$work/sources/$package/configure.ac" ] || { echo "sources.sh: $package has no configure.ac" >&2; exit 69; }
done
echo "$version" > "$work/sources/complete"
rm -rf "$folder/sources"; mv "$work/sources" "$folder/sources"
echo "sources of $packages below $folder/sources"
