%skeleton "lalr1.d"
%define api.parser.class {Simple}
%union { int number; string name; }
%token <number> NUMBER
%token <name> NAME
%%
start: NAME start | NUMBER;
