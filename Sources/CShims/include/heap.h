/* heap.h: mallopt(3) and mallinfo2(3), which the Glibc module leaves out. */
#ifndef WAYBILL_HEAP_H
#define WAYBILL_HEAP_H

#include <stdint.h>

/* Tells malloc to take memory in larger pieces and to keep what is freed.

   By default it gives pages back as soon as the top of the heap is free, and a command
   that reads twenty small files takes and returns the same pages twenty times. Large pieces
   stay outside the heap: there they grow without a copy, and leave no holes behind. */
void waybill_keep_freed_memory(void);

/* How many bytes the process has from malloc and has not freed. */
intptr_t waybill_heap_in_use(void);

#endif
