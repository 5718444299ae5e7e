/* bytes.c: see bytes.h. */
#define _GNU_SOURCE
#include "bytes.h"
#include <string.h>

intptr_t waybill_find(const uint8_t *text, intptr_t length, const uint8_t *wanted,
                      intptr_t wanted_length) {
  const uint8_t *found = memmem(text, (size_t)length, wanted, (size_t)wanted_length);
  return found ? found - text : -1;
}
