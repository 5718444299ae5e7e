/* Java, with places, exceptions, messages of one's own and a parser that is pushed. */
%language "Java"
%define api.parser.class {Calculator}
%define api.parser.public
%define api.parser.extends {Object}
%define api.parser.implements {Runnable}
%define api.parser.final
%define api.package {example.arithmetic}
%define api.push-pull both
%define api.value.type {Object}
%define parse.error custom
%define parse.lac full
%define parse.trace
%define throws {ArithmeticException}
%define lex_throws {java.io.IOException}
%define init_throws {IllegalStateException}
%locations
%parse-param { int limit }
%code imports { import java.util.ArrayList; }
%code init { depth = 0; }
%code { private int depth; public void run () { } }
%code lexer {
  public Object getLVal () { return null; }
}
%initial-action { depth = limit; }
%token NUMBER "number"
%type <Integer> NUMBER sum
%left '+' '-'
%left '*' '/'
%%
lines: %empty | lines line;
line: sum ';' { System.out.println ($sum); } | error ';' { ++depth; };
sum: NUMBER
   | sum '+' sum { $$ = $1 + $3; }
   | sum '/' sum { if ($3 == 0) return YYERROR; else $$ = $1 / $3; }
   | '(' sum ')' { $$ = $2; };
%%
class Unused { }
