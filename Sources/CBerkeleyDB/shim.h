// Berkeley DB 5.3 of libdb-dev, as Swift sees it. Only Tables imports it.
#include <db.h>
