/* Warnings and counterexamples: conflicts, rules never reduced, values unused, useless symbols. */
%union { int number; }
%token <number> IF THEN ELSE NAME
%type <number> statement expression nowhere
%nonassoc UNUSED
%%
start: statement;
statement: IF expression THEN statement | IF expression THEN statement ELSE statement | expression ';';
expression: NAME | expression '+' expression | NAME;
nowhere: nowhere NAME;
