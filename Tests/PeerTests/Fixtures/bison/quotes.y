/* Text that means something to m4: quotes, brackets, names of its macros. */
%define api.prefix {m4_}
%code top { /* [ `define' ] $1 dnl changequote([,]) @[ @{ @} # */ }
%{
  static const char *brackets = "]][[ m4_define([x], [y]) b4_version";
%}
%token OPEN "[" CLOSE "]" QUOTES "`'" MACRO "m4_define" DOLLAR "$$" AT "@@" HASH "#" DNL "dnl"
%destructor { /* b4_symbol([1], [tag]) ]] */ } <>
%printer { /* @[ */ } <*>
%%
start: "[" "]" { const char *text = "[$1] ]$[ @@ `x' dnl"; (void) text; }
     | "`'" "m4_define" "$$" "@@" "#" "dnl" { /* unbalanced [ */ };
%%
/* m4exit(3) ] m4_fatal([no]) [ divert(-1) */
