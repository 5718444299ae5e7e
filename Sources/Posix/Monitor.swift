// Monitor.swift: a lock with conditions to wait for.
//
// What it guards is up to its owner, who says so where the state is declared. A thread
// that waits gives the lock away meanwhile, and must ask again when it is woken: others
// may have been faster, and pthread_cond_wait may return without a reason.

import Glibc

/// A mutex of the C library with some conditions.
package final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let conditions: UnsafeMutableBufferPointer<pthread_cond_t>

  package init(conditions count: Int = 0) {
    conditions = .allocate(capacity: count)
    pthread_mutex_init(mutex, nil)
    for index in conditions.indices { pthread_cond_init(&conditions[index], nil) }
  }

  deinit {
    for index in conditions.indices { pthread_cond_destroy(&conditions[index]) }
    pthread_mutex_destroy(mutex)
    conditions.deallocate()
    mutex.deallocate()
  }

  package func lock() { pthread_mutex_lock(mutex) }
  package func unlock() { pthread_mutex_unlock(mutex) }

  package func withLock<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Waits for a wake-up. To be called with the lock held, and it is held again afterwards.
  package func wait(_ condition: Int = 0) { pthread_cond_wait(&conditions[condition], mutex) }
  package func wakeOne(_ condition: Int = 0) { pthread_cond_signal(&conditions[condition]) }
  package func wakeAll(_ condition: Int = 0) { pthread_cond_broadcast(&conditions[condition]) }
}
