#include "heap.h"

#include <malloc.h>

void waybill_keep_freed_memory(void) {
  mallopt(M_TOP_PAD, 256 << 10);
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

intptr_t waybill_heap_in_use(void) {
  struct mallinfo2 heap = mallinfo2();
  return (intptr_t)(heap.uordblks + heap.hblkhd);
}
