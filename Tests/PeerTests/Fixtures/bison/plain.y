/* As yacc had it: no declarations but tokens, one union, actions in the midst of a rule. */
%{
#include <stdio.h>
int yylex (void);
void yyerror (const char *);
%}
%union { int number; }
%token <number> DIGIT
%type <number> digits
%start all
%%
all: digits { printf ("%d\n", $1); } '\n'
   | all { $<number>$ = 1; } digits { printf ("%d %d\n", $<number>2, $3); } '\n'
   ;
digits: DIGIT | digits DIGIT { $$ = 10 * $1 + $2; } ;
%%
void yyerror (const char *message) { fprintf (stderr, "%s\n", message); }
