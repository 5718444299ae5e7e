# autoconf.sh: a run of m4 as autoconf makes it, for the scripts that read this one. They set `root`, `peer`
# and `work`.

# m4's arguments as autom4te gives them for the `configure` of a real package: of the runs of
# m4 that it makes, the one that reads the package on top of autoconf's frozen state.
autoconf_run() { # prints them; nothing where there is no such package
  local source=$PWD/.build/peers/sources/grep macros=$PWD/.build/peers/autoconf
  [ -e "$source/configure.ac" ] || return 0
  cp -a "$source" "$work/grep"
  printf '#!/bin/bash\n{ printf "%%q " "$@"; echo; } >> "%s/arguments"\nexec "%s" "$@"\n' "$work" "$peer" > "$work/m4"
  chmod +x "$work/m4"
  (cd "$work/grep" && M4=$work/m4 AC_MACRODIR=$macros AUTOM4TE_CFG=$macros/autom4te.cfg HOME=$work \
    autom4te_perllibdir=$macros AUTOM4TE=$root/usr/bin/autom4te trailer_m4=$macros/autoconf/trailer.m4 \
    "$root/usr/bin/autoconf" -f -o "$work/configure" 2> "$work/messages") || { cat "$work/messages" >&2; return 0; }
  sed -n "/--reload-state=/{s,--debugfile=[^ ]*,--debugfile=$work/traces,p;q}" "$work/arguments"
}
