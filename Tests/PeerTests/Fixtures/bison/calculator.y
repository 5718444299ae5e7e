/* C, the deterministic parser: pure, with places, code blocks and recovery from errors. */
%define api.pure full
%define api.prefix {calc}
%define api.token.prefix {TOK_}
%define parse.error verbose
%define parse.trace
%locations
%param { struct calculator *calculator }
%code requires {
  #include <stdio.h>
  struct calculator { double last; int errors; };
}
%code provides { int calc_text (struct calculator *calculator, const char *text); }
%code top { #define _GNU_SOURCE 1 }
%code {
  static int calclex (CALCSTYPE *value, CALCLTYPE *place, struct calculator *calculator);
  static void calcerror (CALCLTYPE *place, struct calculator *calculator, const char *message);
}
%initial-action { @$.first_line = @$.last_line = 1; }
%union {
  double number;
  char *name;
}
%token END 0 "end of input"
%token <number> NUMBER "number"
%token <name> NAME "name"
%token ASSIGN ":=" PLUS "+" MINUS "-" TIMES "*" OVER "/" LEFT "(" RIGHT ")"
%nterm <number> sum product value
%printer { fprintf (yyo, "%g", $$); } <number>
%printer { fprintf (yyo, "%s", $$); } <name>
%destructor { free ($$); } <name>
%precedence ASSIGN
%left PLUS MINUS
%left TIMES OVER
%precedence NEGATION
%expect 0
%%
lines:
  %empty
| lines line
;

line:
  ';'
| sum[result] ';'        { calculator->last = $result; }
| NAME ":=" sum ';'      { calculator->last = $3; free ($1); }
| error ';'              { ++calculator->errors; yyerrok; }
;

sum:
  product
| sum "+" product        { $$ = $1 + $3; }
| sum "-" product        { $$ = $1 - $3; }
;

product:
  value
| product "*" value      { $$ = $1 * $3; }
| product "/" value      {
    if ($3 == 0)
      {
        fprintf (stderr, "%d.%d: division by zero\n", @3.first_line, @3.first_column);
        YYERROR;
      }
    $$ = $1 / $3;
  }
;

value:
  NUMBER
| "-" value %prec NEGATION { $$ = -$2; }
| "(" sum ")"            { $$ = $2; }
| "(" error ")"          { $$ = 0; yyclearin; }
;
%%
static void
calcerror (CALCLTYPE *place, struct calculator *calculator, const char *message)
{
  fprintf (stderr, "%d: %s\n", place->first_line, message);
  ++calculator->errors;
}
