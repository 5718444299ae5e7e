// CShims.h: the few C lines that Swift cannot say. One header a library.

#include "BerkeleyDBBulk.h"
