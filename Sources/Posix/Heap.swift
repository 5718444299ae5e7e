// Heap.swift: how the C library manages the memory of a command.

import CShims

/// Keeps freed memory for what is to come. To be called before anything else.
package func keepFreedMemory() { waybill_keep_freed_memory() }
