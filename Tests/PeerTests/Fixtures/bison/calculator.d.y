/* D, with places and tokens made whole. */
%language "D"
%define api.parser.class {Calculator}
%define api.token.constructor
%define api.value.type union
%define parse.error custom
%define parse.trace
%define parse.lac full
%locations
%define api.push-pull both
%code imports { import std.stdio; }
%token <int> NUMBER "number"
%token END 0 "end of input"
%type <int> sum
%left "+" "-"
%token PLUS "+" MINUS "-"
%%
lines: %empty | lines sum ';' { writeln ($2); } | lines error ';';
sum: NUMBER | sum "+" sum { $$ = $1 + $3; } | sum "-" sum { $$ = $1 - $3; @$ = @1; };
%%
