/* What only other languages have: the skeleton complains, which m4 tells Bison. */
%define api.value.type variant
%define api.location.type {place}
%define api.token.constructor
%define api.no-such-variable {x}
%define parse.error loud
%token A "quote `a' [b] ]c[ @d $e"
%%
start: A { } '`' '[' "[]" "@<:@";
