_PLACED_(`mailers')dnl
