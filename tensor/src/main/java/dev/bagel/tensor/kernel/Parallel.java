package dev.bagel.tensor.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the grains of a kernel on all threads of one pool, without allocating.
 *
 * <p>Which thread runs which grain is a race on purpose; which grains there are is not. A body
 * writes each output in exactly one grain, so results have the same bits for any number of threads.
 * Workers spin for some microseconds before they park: a fork and join of an empty body costs less
 * than one microsecond while kernels follow each other closely, where {@code ForkJoinPool} takes
 * ten to twenty.
 *
 * <p>{@code -Dbagel.threads=N} sets the number at start; the default is the number of processors.
 * Only one body runs in parallel at a time: a call from inside a body, or from a second thread
 * meanwhile, runs its grains one after the other on the calling thread.
 */
public final class Parallel {
  /** What a kernel does for one piece of its output. */
  @FunctionalInterface
  public interface Body {
    void run(int grain);
  }

  private static volatile Pool pool =
      new Pool(
          Math.max(
              1, Integer.getInteger("bagel.threads", Runtime.getRuntime().availableProcessors())));

  private Parallel() {}

  /** How many threads work, the calling one included. */
  public static int threads() {
    return pool.threads;
  }

  /** Changes the number of threads; results do not change. */
  public static synchronized void threads(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("threads(" + n + "): at least one thread is needed");
    }
    Pool old = pool;
    if (n != old.threads) {
      pool = new Pool(n);
      old.close();
    }
  }

  /** Runs {@code body} for grains 0 … grains−1 and returns when all are done. */
  public static void run(int grains, Body body) {
    Pool p = pool;
    if (grains < 2
        || p.threads == 1
        || p.lock.isHeldByCurrentThread()
        || Worker.isCurrent()
        || !p.lock.tryLock()) {
      for (int g = 0; g < grains; g++) {
        body.run(g);
      }
      return;
    }
    try {
      p.run(grains, body);
    } finally {
      p.lock.unlock();
    }
  }

  private static final class Pool {
    private static final int CLOSED = Integer.MAX_VALUE;

    final int threads;
    final ReentrantLock lock = new ReentrantLock();

    /** Upper half: the number of the job. Lower half: its next grain, or CLOSED. */
    final AtomicLong ticket = new AtomicLong(CLOSED);

    final AtomicInteger done = new AtomicInteger();
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Worker[] workers;
    private volatile Body body;
    private volatile int grains;
    private volatile boolean shut;
    private int job;

    Pool(int threads) {
      this.threads = threads;
      workers = new Worker[threads - 1];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(this, i);
        workers[i].start();
      }
    }

    void close() {
      shut = true;
      for (Worker w : workers) {
        LockSupport.unpark(w);
      }
    }

    void run(int grains, Body body) {
      this.body = body;
      this.grains = grains;
      done.set(0);
      job++;
      ticket.set((long) job << 32); // opens the job: everything above is visible to who sees this
      for (Worker w : workers) {
        w.wake();
      }
      work(job);
      while (done.get() < grains) {
        Thread.onSpinWait();
      }
      // Nobody can take a grain of this job any more, and late workers find the ticket closed
      // before
      // body and grains are overwritten by the next one.
      ticket.set((long) job << 32 | CLOSED);
      this.body = null;
      Throwable t = failure.getAndSet(null);
      if (t != null) {
        throw rethrow(t);
      }
    }

    /** Takes grains of {@code job} until none is left. */
    void work(int job) {
      Body b = body;
      int n = grains;
      while (true) {
        long t = ticket.get();
        int grain = (int) t;
        if ((int) (t >>> 32) != job || grain >= n || b == null) {
          return;
        }
        if (ticket.compareAndSet(t, t + 1)) { // succeeds only while b and n are this job's
          try {
            b.run(grain);
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          } finally {
            done.incrementAndGet();
          }
        }
      }
    }

    private static RuntimeException rethrow(Throwable t) {
      if (t instanceof Error e) {
        throw e;
      }
      return t instanceof RuntimeException r ? r : new IllegalStateException(t);
    }
  }

  private static final class Worker extends Thread {
    private static final long SPIN_NANOS = 50_000;

    private final Pool pool;
    private volatile boolean parked;

    Worker(Pool pool, int index) {
      super("bagel-" + (index + 1));
      this.pool = pool;
      setDaemon(true);
    }

    static boolean isCurrent() {
      return Thread.currentThread() instanceof Worker;
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      long idleSince = System.nanoTime();
      while (!pool.shut) {
        long t = pool.ticket.get();
        if ((int) t < pool.grains) {
          pool.work((int) (t >>> 32));
          idleSince = System.nanoTime();
        } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          park(t);
        }
      }
    }

    /** Parks unless the ticket has moved on from {@code seen}. */
    private void park(long seen) {
      parked = true; // before the check: whoever opens a job after it sees this and unparks
      if (pool.ticket.get() == seen && !pool.shut) {
        LockSupport.park(this);
      }
      parked = false;
    }
  }
}
