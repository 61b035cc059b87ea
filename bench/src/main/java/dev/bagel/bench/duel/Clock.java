package dev.bagel.bench.duel;

import java.lang.management.ManagementFactory;

/** What time is told by. */
@FunctionalInterface
public interface Clock {
  /**
   * The CPU time of the calling thread: what else the machine does is not in it, but for the caches
   * that are shared. Nor is what the JVM's own threads do, collecting garbage or compiling.
   */
  Clock CPU = ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;

  /** The clock on the wall, where several threads work. */
  Clock WALL = System::nanoTime;

  /** Nanoseconds since something. */
  long nanos();

  /** CPU time where one thread does the work. */
  static Clock forThreads(int threads) {
    return threads == 1 ? CPU : WALL;
  }
}
