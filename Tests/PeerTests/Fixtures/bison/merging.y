%glr-parser
%code {
  static int both (YYSTYPE first, YYSTYPE second);
  static int after (YYSTYPE value);
}
%union { int number; }
%type <number> start one other
%%
start: one %merge <both> | other %merge <both>;
one: 'a' %?{ after (yylval) } { $$ = 1; };
other: 'a' { $$ = 2; };
