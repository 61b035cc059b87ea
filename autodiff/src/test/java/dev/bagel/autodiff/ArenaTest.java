package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class ArenaTest {
  private record Place(int offset, int length) {}

  @Test
  void placesNeverOverlap(Rng rng) {
    Arena arena = new Arena();
    List<Place> held = new ArrayList<>();
    BitSet taken = new BitSet();
    for (int i = 0; i < 2000; i++) {
      if (held.isEmpty() || rng.below(3L * i, 5) < 3) {
        int length = rng.below(3L * i + 1, 100);
        int offset = arena.take(length);
        assertEquals(0, offset % 16, "places begin on cache lines");
        int next = taken.nextSetBit(offset);
        assertTrue(next < 0 || next >= offset + length, "overlap at " + next);
        assertTrue(offset + length <= arena.size());
        taken.set(offset, offset + length);
        held.add(new Place(offset, length));
      } else {
        Place p = held.remove(rng.below(3L * i + 2, held.size()));
        taken.clear(p.offset, p.offset + p.length);
        arena.free(p.offset, p.length);
      }
    }
  }

  @Test
  void whatIsFreeIsOneGapAgain() {
    Arena arena = new Arena();
    int[] at = {arena.take(16), arena.take(32), arena.take(48)};
    arena.free(at[0], 16);
    arena.free(at[2], 48);
    arena.free(at[1], 32);
    assertEquals(0, arena.take(96));
    assertEquals(96, arena.size());
  }

  @Test
  void aGapAtTheEndGrows() {
    Arena arena = new Arena();
    arena.take(16);
    arena.free(arena.take(16), 16);
    assertEquals(16, arena.take(64));
    assertEquals(80, arena.size());
  }

  @Test
  void tooMuchIsRefused() {
    Arena arena = new Arena();
    arena.take(1 << 30);
    var e = assertThrows(IllegalStateException.class, () -> arena.take(1 << 30));
    assertFalse(e.getMessage().isEmpty());
  }
}
