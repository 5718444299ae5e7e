%skeleton "./nowhere.m4"
%%
start: 'a';
