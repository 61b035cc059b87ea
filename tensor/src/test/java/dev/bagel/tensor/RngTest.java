package dev.bagel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Seeds are fixed: each bound is five standard deviations, so only another generator can fail. */
final class RngTest {
  private static final int N = 100_000;
  private final Rng rng = Rng.of(7);

  @Test
  void uniformNumbersFillTheUnitIntervalEvenly() {
    int[] bins = new int[16];
    double sum = 0;
    for (int i = 0; i < N; i++) {
      float u = rng.uniform(i);
      assertTrue(u >= 0 && u < 1);
      bins[(int) (16 * u)]++;
      sum += u;
    }
    assertEquals(0.5, sum / N, 5 / Math.sqrt(12.0 * N));
    for (int b : bins) {
      assertEquals(N / 16.0, b, 5 * Math.sqrt(N / 16.0));
    }
  }

  @Test
  void gaussianNumbersHaveMeanZeroAndVarianceOne() {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < N; i++) {
      double x = rng.gaussian(i);
      sum += x;
      squares += x * x;
    }
    assertEquals(0, sum / N, 5 / Math.sqrt(N));
    assertEquals(1, squares / N, 5 * Math.sqrt(2.0 / N));
  }

  @Test
  void exponentialNumbersHaveMeanOne() {
    double mean = IntStream.range(0, N).mapToDouble(rng::exponential).average().orElseThrow();
    assertEquals(1, mean, 5 / Math.sqrt(N));
  }

  @Test
  void belowStaysBelow() {
    int[] count = new int[7];
    for (int i = 0; i < N; i++) {
      count[rng.below(i, 7)]++;
    }
    for (int c : count) {
      assertEquals(N / 7.0, c, 5 * Math.sqrt(N / 7.0));
    }
    assertThrows(IllegalArgumentException.class, () -> rng.below(0, 0));
  }

  @Test
  void aPermutationHoldsEveryNumberOnce() {
    for (int n : new int[] {0, 1, 2, 10, 1000}) {
      int[] p = rng.at(n).permutation(n);
      assertEquals(n, IntStream.of(p).distinct().filter(i -> i >= 0 && i < n).count());
    }
  }

  @Test
  void allOrdersOfThreeAreEquallyLikely() {
    int[] count = new int[27];
    for (int i = 0; i < 6000; i++) {
      int[] p = rng.at(i).permutation(3);
      count[9 * p[0] + 3 * p[1] + p[2]]++;
    }
    assertEquals(6, IntStream.of(count).filter(c -> c > 0).count());
    IntStream.of(count).filter(c -> c > 0).forEach(c -> assertEquals(1000, c, 5 * 32));
  }

  @Test
  void aStreamIsAFunctionOfItsKeyAndCounter() {
    assertEquals(Rng.of(7), rng);
    assertEquals(rng.bits(12), Rng.of(7).bits(12));
    assertEquals(rng.at("start").at(3).bits(0), Rng.of(7).at("start").at(3).bits(0));
  }

  @Test
  void streamsOfDifferentNamesShareNothing() {
    Set<Long> seen = new HashSet<>();
    int draws = 0;
    for (long seed = 0; seed < 20; seed++) {
      for (String purpose : new String[] {"start", "shuffle", "dropout", "a", "b", ""}) {
        for (int index = 0; index < 20; index++) {
          Rng stream = Rng.of(seed).at(purpose).at(index);
          for (int i = 0; i < 10; i++, draws++) {
            seen.add(stream.bits(i));
          }
        }
      }
    }
    assertEquals(draws, seen.size());
    assertNotEquals(rng.at(1).at(2), rng.at(2).at(1));
    assertNotEquals(rng.at("a").at("b"), rng.at("b").at("a"));
  }

  @Test
  void neighbouringStreamsAreNotCorrelated() {
    double sum = 0;
    for (int i = 0; i < N; i++) {
      sum += (rng.at(i).uniform(0) - 0.5) * (rng.at(i + 1).uniform(0) - 0.5);
    }
    assertEquals(0, sum / N, 5.0 / 12 / Math.sqrt(N));
  }
}
