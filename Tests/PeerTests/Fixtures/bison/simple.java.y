%skeleton "lalr1.java"
%define api.value.type {int}
%define parse.error verbose
%define parser_class_name {Simple}
%token A B
%%
start: A start B { $$ = $2 + 1; } | %empty { $$ = 0; };
