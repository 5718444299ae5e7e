#include "BerkeleyDBBulk.h"

#include <db.h>
#include <string.h>

static DBT described(const waybill_db_bulk *bulk) {
  DBT entry;
  memset(&entry, 0, sizeof entry);
  entry.data = bulk->memory;
  entry.ulen = bulk->capacity;
  return entry;
}

void waybill_db_bulk_start(waybill_db_bulk *bulk) {
  DBT entry = described(bulk);
  DB_MULTIPLE_WRITE_INIT(bulk->next, &entry);
}

bool waybill_db_bulk_add(waybill_db_bulk *bulk, const void *key, uint32_t key_length,
                         const void *value, uint32_t value_length) {
  DBT entry = described(bulk);
  void *next = bulk->next;
  DB_MULTIPLE_KEY_WRITE_NEXT(next, &entry, key, key_length, value, value_length);
  if (next == NULL) return false;
  bulk->next = next;
  return true;
}
