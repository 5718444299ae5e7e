/* bytes.h: searching in bytes: memmem and memrchr, which the Glibc module leaves out, quotes that nest, and counting. */
#ifndef WAYBILL_BYTES_H
#define WAYBILL_BYTES_H
#include <stdint.h>

/* The first place of a text in another, or -1. */
intptr_t waybill_find(const uint8_t *_Nullable text, intptr_t length, const uint8_t *_Nullable wanted,
                      intptr_t wanted_length);

/* The quote that ends a text which begins behind its opening quote, or NULL where it does not end
   before limit. Quotes within it nest. */
const uint8_t *_Nullable waybill_closing_quote(const uint8_t *_Nonnull from, const uint8_t *_Nonnull limit,
                                               uint8_t open, uint8_t close);

/* The place behind the last such byte before limit, or from where there is none. */
const uint8_t *_Nonnull waybill_behind_last(const uint8_t *_Nonnull from, const uint8_t *_Nonnull limit, uint8_t byte);

/* How often a byte stands between two places, of which the first is not behind the other. */
intptr_t waybill_count(const uint8_t *_Nonnull from, const uint8_t *_Nonnull limit, uint8_t byte);

#endif
