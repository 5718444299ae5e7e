changecom(`/*',`*/')
/* x
y