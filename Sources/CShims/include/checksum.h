/* checksum.h: CRC-32C (Castagnoli), by the processor's own instruction where it has one. */
#ifndef WAYBILL_CHECKSUM_H
#define WAYBILL_CHECKSUM_H
#include <stdint.h>

/* The checksum of a text, or of more of it: start with 0, go on with what came out. */
uint32_t waybill_crc32c(uint32_t checksum, const void *_Nullable bytes, intptr_t length);
/* The same without the instruction, for other processors. */
uint32_t waybill_crc32c_portable(uint32_t checksum, const void *_Nullable bytes, intptr_t length);

#endif
