// BerkeleyDBBulk.h: buffers of many entries for one call of Berkeley DB, whose
// db.h fills them by macros.

#ifndef WAYBILL_BERKELEY_DB_BULK_H
#define WAYBILL_BERKELEY_DB_BULK_H

#include <stdbool.h>
#include <stdint.h>

/// A buffer that DB->put takes with DB_MULTIPLE_KEY. The caller owns the memory.
typedef struct {
  void *memory;
  uint32_t capacity;
  void *next;
} waybill_db_bulk;

/// Empties the buffer.
void waybill_db_bulk_start(waybill_db_bulk *bulk);

/// Copies an entry in; false, and nothing done, when it does not fit.
bool waybill_db_bulk_add(waybill_db_bulk *bulk, const void *key, uint32_t key_length,
                         const void *value, uint32_t value_length);

#endif
