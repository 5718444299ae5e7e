divert(1)never
divert(0)shown m4exit(3) not
