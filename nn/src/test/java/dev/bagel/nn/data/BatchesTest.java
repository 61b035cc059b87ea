package dev.bagel.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private static int[] joined(List<int[]> batches) {
    return batches.stream().flatMapToInt(Arrays::stream).toArray();
  }

  @Test
  void anEpochReadsEveryExampleOnce() {
    for (int examples : new int[] {1, 7, 8, 9, 100}) {
      for (int size : new int[] {1, 3, 8, 200, Integer.MAX_VALUE}) {
        Batches batches = new Batches(examples, size, Rng.of(1));
        List<int[]> epoch = batches.epoch(0);
        assertEquals(batches.perEpoch(), epoch.size());
        int[] all = joined(epoch);
        Arrays.sort(all);
        assertArrayEquals(IntStream.range(0, examples).toArray(), all);
        epoch.subList(0, epoch.size() - 1).forEach(b -> assertEquals(size, b.length));
      }
    }
  }

  @Test
  void theOrderIsAFunctionOfSeedAndEpoch() {
    Rng rng = Rng.of(5);
    int[] expected = rng.at("shuffle").at(3).permutation(50);
    assertArrayEquals(expected, joined(new Batches(50, 8, rng).epoch(3)));
    assertArrayEquals(expected, joined(new Batches(50, 13, rng).epoch(3)));
    assertFalse(Arrays.equals(expected, joined(new Batches(50, 8, rng).epoch(4))));
    assertFalse(Arrays.equals(expected, joined(new Batches(50, 8, Rng.of(6)).epoch(3))));
  }

  @Test
  void emptyBatchesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Batches(0, 1, Rng.of(1)));
    assertThrows(IllegalArgumentException.class, () -> new Batches(1, 0, Rng.of(1)));
  }
}
