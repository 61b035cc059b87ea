package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ParallelTest {
  private final int threads = Parallel.threads();

  @AfterEach
  void threadsAreAsBefore() {
    Parallel.threads(threads);
  }

  @Test
  void everyGrainRunsOnce() {
    for (int n : new int[] {1, 2, 3, 7}) {
      Parallel.threads(n);
      assertEquals(n, Parallel.threads());
      for (int grains : new int[] {0, 1, 2, 5, 100, 10_000}) {
        AtomicIntegerArray count = new AtomicIntegerArray(grains);
        Parallel.run(grains, count::incrementAndGet);
        for (int g = 0; g < grains; g++) {
          assertEquals(1, count.get(g));
        }
      }
    }
  }

  @Test
  void whatGrainsWroteIsSeenAfterwards() {
    Parallel.threads(4);
    int[] plain = new int[64];
    for (int round = 1; round <= 20_000; round++) {
      int value = round;
      Parallel.run(plain.length, g -> plain[g] = value);
      for (int p : plain) {
        assertEquals(round, p);
      }
    }
  }

  @Test
  void aCallFromInsideABodyRunsOnItsThread() {
    Parallel.threads(3);
    int[][] sums = new int[10][10];
    Parallel.run(
        10,
        outer -> {
          Thread here = Thread.currentThread();
          Parallel.run(
              10,
              inner -> {
                assertSame(here, Thread.currentThread());
                sums[outer][inner] = outer * inner;
              });
        });
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < 10; j++) {
        assertEquals(i * j, sums[i][j]);
      }
    }
  }

  @Test
  void anExceptionReachesTheCallerAndThePoolLivesOn() {
    Parallel.threads(3);
    for (int round = 0; round < 100; round++) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  Parallel.run(
                      50,
                      g -> {
                        if (g == 17) {
                          throw new IllegalStateException("seventeen");
                        }
                      }));
      assertEquals("seventeen", e.getMessage());
      everyGrainRunsOnceHere();
    }
    assertThrows(
        AssertionError.class,
        () ->
            Parallel.run(
                4,
                g -> {
                  throw new AssertionError("an error is no exception");
                }));
  }

  private static void everyGrainRunsOnceHere() {
    AtomicInteger count = new AtomicInteger();
    Parallel.run(20, g -> count.incrementAndGet());
    assertEquals(20, count.get());
  }

  @Test
  void twoCallersAtOnceBothFinish() throws InterruptedException {
    Parallel.threads(2);
    int[][] done = new int[4][1000];
    Thread[] callers = new Thread[done.length];
    for (int c = 0; c < callers.length; c++) {
      int[] mine = done[c];
      callers[c] =
          new Thread(
              () -> {
                for (int round = 0; round < 200; round++) {
                  Parallel.run(mine.length, g -> mine[g]++);
                }
              });
      callers[c].start();
    }
    for (Thread t : callers) {
      t.join();
    }
    int[] want = new int[1000];
    Arrays.fill(want, 200);
    for (int[] mine : done) {
      assertArrayEquals(want, mine);
    }
  }

  @Test
  void theNumberOfThreadsMayChangeWhileOthersWork() throws InterruptedException {
    int[] mine = new int[300];
    Thread caller =
        new Thread(
            () -> {
              for (int round = 0; round < 2000; round++) {
                Parallel.run(mine.length, g -> mine[g]++);
              }
            });
    caller.start();
    for (int i = 0; i < 30; i++) {
      Parallel.threads(1 + i % 4);
    }
    caller.join();
    for (int m : mine) {
      assertEquals(2000, m);
    }
  }

  @Test
  void atLeastOneThreadIsNeeded() {
    assertThrows(IllegalArgumentException.class, () -> Parallel.threads(0));
  }
}
