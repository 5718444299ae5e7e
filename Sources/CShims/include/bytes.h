/* bytes.h: memmem, which the Glibc module leaves out. */
#ifndef WAYBILL_BYTES_H
#define WAYBILL_BYTES_H
#include <stdint.h>

/* The first place of a text in another, or -1. */
intptr_t waybill_find(const uint8_t *_Nullable text, intptr_t length, const uint8_t *_Nullable wanted,
                      intptr_t wanted_length);

#endif
