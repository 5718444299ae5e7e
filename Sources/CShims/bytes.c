/* bytes.c: see bytes.h. */
#define _GNU_SOURCE
#include "bytes.h"
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__

/* Looks for the first and the last byte at sixteen places at once. Only for short texts: where both
   are found often, each is compared. */
static intptr_t find_short(const uint8_t *text, intptr_t places, const uint8_t *wanted, intptr_t wanted_length) {
  const intptr_t last = wanted_length - 1;
  const __m128i firsts = _mm_set1_epi8((char)wanted[0]), lasts = _mm_set1_epi8((char)wanted[last]);
  intptr_t place = 0;
  for (; places - place >= 16; place += 16) {
    const __m128i here = _mm_loadu_si128((const __m128i *)(text + place));
    const __m128i there = _mm_loadu_si128((const __m128i *)(text + place + last));
    uint32_t hits = (uint32_t)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(here, firsts), _mm_cmpeq_epi8(there, lasts)));
    for (; hits != 0; hits &= hits - 1) {
      const intptr_t found = place + __builtin_ctz(hits);
      if (memcmp(text + found, wanted, (size_t)wanted_length) == 0) return found;
    }
  }
  for (; place < places; place++) {
    if (text[place] == wanted[0] && memcmp(text + place, wanted, (size_t)wanted_length) == 0) return place;
  }
  return -1;
}

#endif

intptr_t waybill_find(const uint8_t *text, intptr_t length, const uint8_t *wanted,
                      intptr_t wanted_length) {
#ifdef __SSE2__
  if (wanted_length >= 2 && wanted_length <= 16) {
    return find_short(text, length - wanted_length + 1, wanted, wanted_length);
  }
#endif
  const uint8_t *found = memmem(text, (size_t)length, wanted, (size_t)wanted_length);
  return found ? found - text : -1;
}

const uint8_t *waybill_behind_last(const uint8_t *from, const uint8_t *limit, uint8_t byte) {
  const uint8_t *last = memrchr(from, byte, (size_t)(limit - from));
  return last ? last + 1 : from;
}

#ifdef __SSE2__

/* Whether sixteen bytes stay within a page: they reach no memory that is missing. */
static int within_page(const uint8_t *from) { return ((uintptr_t)from & 4095) <= 4096 - 16; }

/* Sixteen bytes, of which only those before limit may be there. */
static __m128i load_before(const uint8_t *from, const uint8_t *limit) {
  if (limit - from >= 16 || within_page(from)) return _mm_loadu_si128((const __m128i *)from);
  uint8_t copy[16] = {0};
  memcpy(copy, from, (size_t)(limit - from));
  return _mm_loadu_si128((const __m128i *)copy);
}

/* Which of sixteen bytes are there before limit. */
static uint32_t present(const uint8_t *from, const uint8_t *limit) {
  return limit - from >= 16 ? 0xFFFF : (1u << (limit - from)) - 1;
}

static __attribute__((noinline)) const uint8_t *closing_quote(const uint8_t *from, const uint8_t *limit, uint8_t open,
                                                              uint8_t close) {
  const __m128i opens = _mm_set1_epi8((char)open), closes = _mm_set1_epi8((char)close);
  for (intptr_t depth = 1; from < limit; from += 16) {
    const __m128i block = load_before(from, limit);
    const uint32_t opening = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, opens));
    uint32_t quotes = opening | (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, closes));
    for (quotes &= present(from, limit); quotes != 0; quotes &= quotes - 1) {
      if (opening & quotes & -quotes) depth++;
      else if (--depth == 0) return from + __builtin_ctz(quotes);
    }
  }
  return NULL;
}

/* Most quoted texts are short and hold no quotes: of those the first sixteen bytes tell. */
const uint8_t *waybill_closing_quote(const uint8_t *from, const uint8_t *limit, uint8_t open, uint8_t close) {
  if (within_page(from)) {
    const __m128i block = _mm_loadu_si128((const __m128i *)from);
    const uint32_t opening = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8((char)open)));
    const uint32_t closing = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8((char)close)));
    const uint32_t first = (opening | closing) & -(opening | closing);
    if (closing & first) {
      const uint8_t *const end = from + __builtin_ctz(first);
      if (end < limit) return end;
    }
  }
  return closing_quote(from, limit, open, close);
}

intptr_t waybill_count(const uint8_t *from, const uint8_t *limit, uint8_t byte) {
  const __m128i wanted = _mm_set1_epi8((char)byte), zero = _mm_setzero_si128();
  __m128i sums = zero;
  for (intptr_t blocks = (limit - from) / 16; blocks > 0;) {
    __m128i counts = zero;
    /* Each of the sixteen counts to 255. */
    const uint8_t *const end = from + 16 * (blocks < 255 ? blocks : 255);
    for (; from < end; from += 16) {
      counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)from), wanted));
    }
    sums = _mm_add_epi64(sums, _mm_sad_epu8(counts, zero));
    blocks -= 255;
  }
  const intptr_t whole = _mm_cvtsi128_si64(_mm_add_epi64(sums, _mm_srli_si128(sums, 8)));
  if (from == limit) return whole;
  const uint32_t hits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load_before(from, limit), wanted));
  return whole + __builtin_popcount(hits & ((1u << (limit - from)) - 1));
}

#else

intptr_t waybill_count(const uint8_t *from, const uint8_t *limit, uint8_t byte) {
  intptr_t count = 0;
  for (; from < limit; from++) count += *from == byte;
  return count;
}

const uint8_t *waybill_closing_quote(const uint8_t *from, const uint8_t *limit, uint8_t open, uint8_t close) {
  for (intptr_t depth = 1; from < limit; from++) {
    if (*from == open) depth++;
    else if (*from == close && --depth == 0) return from;
  }
  return NULL;
}

#endif
