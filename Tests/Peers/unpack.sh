#!/bin/sh
# unpack.sh: put the real programs into .build/peers, unpacked and not installed.
#
#   usage: Tests/Peers/unpack.sh [FOLDER]        default FOLDER: .build/peers
#
# Debian's packages of GNU m4 and its manual, autoconf, automake, Bison, sendmail, Postfix, swaks, BIND's
# tools and ninja, and the libraries that their binaries link, are downloaded with apt-get and unpacked with dpkg -x below
# FOLDER/root. Beside it stand FOLDER/cf, a copy of sendmail's m4 library whose
# hard-wired paths point at itself, so that Debian's own .mc files work there, and
# FOLDER/autoconf, a copy of autoconf's macros of the same kind.
# FOLDER/complete is written last: without it the folder is made anew.
set -eu
folder=${1:-.build/peers}
packages='m4 m4-doc autoconf automake bison sendmail-bin sendmail-base sendmail-cf sensible-mda
  postfix postfix-lmdb postfix-cdb postfix-pcre swaks libnet-ssleay-perl
  pflogsumm libdate-calc-perl libcarp-clan-perl libbit-vector-perl bind9-utils ninja-build'
libraries='libsigsegv2 libdb5.3 libicu72 libldap-2.5-0 liblockfile1 libsasl2-2
  libssl3 libwrap0 libnsl2 libtirpc3 liblmdb0 libcdb1 libpcre2-8-0
  libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libkeyutils1 libcom-err2
  bind9-libs libjemalloc2 libuv1 libjson-c5 libxml2 libnghttp2-14 libmaxminddb0 libfstrm0 libprotobuf-c1
  zlib1g liblzma5'
version='6'

[ "$(cat "$folder/complete" 2>/dev/null)" = "$version" ] && exit 0
for tool in apt-get dpkg; do
  command -v $tool >/dev/null || { echo "unpack.sh: $tool not found: the peers are Debian packages" >&2; exit 69; }
done

work=$folder.new
rm -rf "$work"; mkdir -p "$work/deb" "$work/root"
top=$(cd "$work" && pwd)
available() { apt-cache show "$1" >/dev/null 2>&1; }
available sendmail-bin || apt-get update -qq || true

# Before Debian 11 it had another name.
available bind9-utils || packages=$(echo $packages | sed 's/bind9-utils/bind9utils/')
for package in $packages; do
  available "$package" || { echo "unpack.sh: apt knows no package $package; run apt-get update" >&2; exit 69; }
done
# A library that this release of Debian names otherwise is one that the machine has or ldd will name below.
wanted=$packages
for library in $libraries; do if available "$library"; then wanted="$wanted $library"; fi; done
(cd "$top/deb" && apt-get download -qq $wanted)
for archive in "$top"/deb/*.deb; do dpkg -x "$archive" "$top/root"; done
rm -rf "$top/deb"

# A set-gid program ignores LD_LIBRARY_PATH, and ours need no privileges.
find "$top/root" -type f -perm /6000 -exec chmod ug-s {} +

cp -a "$top/root/usr/share/sendmail/cf" "$top/cf"
final=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")
grep -rl /usr/share/sendmail/cf "$top/cf" | xargs sed -i "s,/usr/share/sendmail/cf,$final/cf,g"
cp -a "$top/root/usr/share/autoconf" "$top/autoconf"
sed -i "s,/usr/share/autoconf,$final/autoconf,g" "$top/autoconf/autom4te.cfg"

for program in usr/bin/m4 usr/libexec/sendmail/sendmail usr/libexec/sendmail/makemap usr/lib/postfix/sbin/smtpd \
  usr/bin/named-checkzone usr/bin/bison; do
  missing=$(LD_LIBRARY_PATH=$top/root/usr/lib/x86_64-linux-gnu:$top/root/usr/lib/postfix ldd "$top/root/$program" | grep 'not found' || true)
  [ -z "$missing" ] || { echo "unpack.sh: $program lacks$missing" >&2; exit 69; }
done
echo "$version" > "$top/complete"
rm -rf "$folder"; mv "$work" "$folder"
echo "peers unpacked below $folder/root"
