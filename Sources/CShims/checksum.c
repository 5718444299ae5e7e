/* checksum.c: see checksum.h. */
#include "checksum.h"
#include <pthread.h>
#include <string.h>

/* CRC-32C with its bits reflected: the polynomial of iSCSI (RFC 3720), ext4 and SSE4.2. */
#define POLYNOMIAL 0x82F63B78u

static uint32_t table[8][256];
static pthread_once_t table_made = PTHREAD_ONCE_INIT;

static void make_table(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t rest = byte;
    for (int bit = 0; bit < 8; bit++) rest = rest >> 1 ^ (rest & 1 ? POLYNOMIAL : 0);
    table[0][byte] = rest;
  }
  for (int slice = 1; slice < 8; slice++)
    for (int byte = 0; byte < 256; byte++)
      table[slice][byte] = table[slice - 1][byte] >> 8 ^ table[0][table[slice - 1][byte] & 0xFF];
}

/* Eight bytes a step, one table each. */
uint32_t waybill_crc32c_portable(uint32_t checksum, const void *bytes, intptr_t length) {
  pthread_once(&table_made, make_table);
  const uint8_t *next = bytes;
  uint32_t rest = ~checksum;
  for (; length >= 8; length -= 8, next += 8) {
    uint32_t low = rest ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 |
                           (uint32_t)next[3] << 24);
    rest = table[7][low & 0xFF] ^ table[6][low >> 8 & 0xFF] ^ table[5][low >> 16 & 0xFF] ^
           table[4][low >> 24] ^ table[3][next[4]] ^ table[2][next[5]] ^ table[1][next[6]] ^
           table[0][next[7]];
  }
  for (; length > 0; length--, next++) rest = rest >> 8 ^ table[0][(rest ^ *next) & 0xFF];
  return ~rest;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse(uint32_t checksum, const uint8_t *next,
                                                             intptr_t length) {
  uint64_t rest = ~checksum;
  for (; length >= 8; length -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    rest = __builtin_ia32_crc32di(rest, word);
  }
  for (; length > 0; length--, next++) rest = __builtin_ia32_crc32qi((uint32_t)rest, *next);
  return ~(uint32_t)rest;
}

uint32_t waybill_crc32c(uint32_t checksum, const void *bytes, intptr_t length) {
  if (__builtin_cpu_supports("sse4.2")) return crc32c_sse(checksum, bytes, length);
  return waybill_crc32c_portable(checksum, bytes, length);
}
#else
uint32_t waybill_crc32c(uint32_t checksum, const void *bytes, intptr_t length) {
  return waybill_crc32c_portable(checksum, bytes, length);
}
#endif
