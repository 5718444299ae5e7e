// Several start symbols, each with a function of its own.
%define api.pure
%define api.value.type {double}
%define parse.error detailed
%locations
%token NUMBER
%start expression statement
%%
statement: expression ';' | 'i' '(' expression ')' statement;
expression: NUMBER | expression '+' NUMBER { $$ = $1 + $3; };
