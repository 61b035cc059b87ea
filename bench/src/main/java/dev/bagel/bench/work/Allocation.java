package dev.bagel.bench.work;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;

/** Bytes that the calling thread allocates. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int LOOKS = 5;

  private Allocation() {}

  /** Of one step of an attack: what twice as many steps take beyond what an attack takes anyway. */
  public static IntConsumer attack(Workload work) {
    return work::attacked;
  }

  /** Of one step of training. */
  public static IntConsumer training(Workload work) {
    TrainingStep step = new TrainingStep(work);
    return steps -> {
      for (int i = 0; i < steps; i++) {
        step.run();
      }
    };
  }

  /**
   * Bytes of a step, once warm: the median of several differences between many steps and few.
   *
   * @param steps takes so many steps
   * @param warmUp seconds of work before
   */
  public static double ofStep(IntConsumer steps, double warmUp) {
    long begin = System.nanoTime();
    do {
      steps.accept(Workload.STEPS);
    } while (System.nanoTime() - begin < warmUp * 1e9);
    long[] extra =
        LongStream.generate(() -> bytes(steps, 2 * Workload.STEPS) - bytes(steps, Workload.STEPS))
            .limit(LOOKS)
            .sorted()
            .toArray();
    return extra[LOOKS / 2] / (double) Workload.STEPS;
  }

  private static long bytes(IntConsumer steps, int count) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    steps.accept(count);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
