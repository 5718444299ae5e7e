/* C, the generalised parser: what can be a cast and a product, a type and a name. */
%glr-parser
%define api.pure
%define parse.error verbose
%define parse.assert
%locations
%expect-rr 1
%expect 0
%code requires { typedef struct node *tree; }
%code {
  static tree merged (YYSTYPE left, YYSTYPE right);
}
%define api.value.type {tree}
%token NAME NUMBER
%right '='
%left '+'
%%
program: %empty | program statement { yyerrok; };
statement: expression ';' %dprec 1
         | declaration %dprec 2
         | error ';' { $$ = 0; };
expression: NAME
          | NUMBER
          | NAME '(' expression ')'
          | expression '+' expression
          | expression '=' expression;
declaration: NAME declarator ';' | NAME declarator '=' expression ';';
declarator: NAME | '(' declarator ')';
%%
