// EngineThreads.swift: the threads on which engines are asked.
//
// An engine is not to be shared by threads, and making one costs some milliseconds; so each
// thread keeps one for the configuration that it was last asked about.

import NIOCore
import NIOPosix
import Routing

final class EngineThreads: Sendable {
  /// Stays with the thread that made it.
  private final class Held: @unchecked Sendable {
    let configuration: LoadedConfiguration
    let router: any MailRouter

    init(_ configuration: LoadedConfiguration) {
      self.configuration = configuration
      router = configuration.makeRouter()
    }
  }

  private let pool: NIOThreadPool
  private let held = ThreadSpecificVariable<Held>()

  init(count: Int) {
    pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
  }

  /// Runs something that needs an engine, off the event loop.
  func ask<Result: Sendable>(
    _ configuration: LoadedConfiguration, on eventLoop: any EventLoop,
    _ body: @escaping @Sendable (any MailRouter) -> Result
  ) -> EventLoopFuture<Result> {
    pool.runIfActive(eventLoop: eventLoop) { [held] in
      if held.currentValue?.configuration !== configuration { held.currentValue = Held(configuration) }
      // The line above has set it.
      return body(held.currentValue?.router ?? configuration.makeRouter())
    }
  }

  /// Runs something that may block and needs no engine.
  func run<Result: Sendable>(
    on eventLoop: any EventLoop, _ body: @escaping @Sendable () -> Result
  ) -> EventLoopFuture<Result> {
    pool.runIfActive(eventLoop: eventLoop, body)
  }

  func shutDown() { pool.shutdownGracefully { _ in } }
}
