// C: a parser that is pushed and pulled, custom messages, values by name, lookahead correction.
%define api.pure full
%define api.push-pull both
%define api.value.type union
%define api.token.raw
%define api.header.include {"push-parser.h"}
%define api.symbol.prefix {SYMBOL_}
%define parse.error custom
%define parse.lac full
%define lr.type ielr
%define lr.default-reduction consistent
%define lr.keep-unreachable-state
%code {
  #include <stdio.h>
}
%token <int> NUMBER _("number")
%token <char *> TEXT "text"
%token COMMA _("comma") OPEN "[" CLOSE "]"
%type <int> list items item
%%
start: list { printf ("%d\n", $list); };
list: "[" items "]" { $$ = $items; } | "[" "]" { $$ = 0; };
items: item | items[before] COMMA item[one] { $$ = $before + $one; };
item: NUMBER | TEXT { $$ = (int) $TEXT[0]; } | list;
%%
static int
yyreport_syntax_error (const yypcontext_t *context)
{
  yysymbol_kind_t unexpected = yypcontext_token (context);
  if (unexpected != SYMBOL_YYEMPTY)
    fprintf (stderr, "unexpected %s\n", yysymbol_name (unexpected));
  return 0;
}
