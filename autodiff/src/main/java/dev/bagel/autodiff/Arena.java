package dev.bagel.autodiff;

import java.util.Map;
import java.util.TreeMap;

/**
 * Hands out places in one array: first fit over the gaps, in the order of time. Places begin on
 * multiples of 16 floats, one cache line.
 */
final class Arena {
  private static final int LINE = 16;

  private final TreeMap<Integer, Integer> gaps = new TreeMap<>(); // offset → length
  private long size;

  /** The offset of a new place. */
  int take(int length) {
    int n = rounded(length);
    for (Map.Entry<Integer, Integer> gap : gaps.entrySet()) {
      if (gap.getValue() >= n) {
        return begin(gap.getKey(), gap.getValue(), n);
      }
    }
    Map.Entry<Integer, Integer> last = gaps.lastEntry(); // a gap at the end can grow
    int offset = (int) size;
    if (last != null && last.getKey() + last.getValue() == size) {
      offset = last.getKey();
      gaps.remove(offset);
    }
    size = (long) offset + n;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "a plan needs more than 2³¹ elements of memory: use a smaller batch");
    }
    return offset;
  }

  /** Takes {@code n} from the beginning of a gap. */
  private int begin(int offset, int length, int n) {
    gaps.remove(offset);
    if (length > n) {
      gaps.put(offset + n, length - n);
    }
    return offset;
  }

  /** Gives a place back. */
  void free(int offset, int length) {
    int n = rounded(length);
    Map.Entry<Integer, Integer> before = gaps.lowerEntry(offset);
    if (before != null && before.getKey() + before.getValue() == offset) {
      gaps.remove(before.getKey());
      offset = before.getKey();
      n += before.getValue();
    }
    Integer after = gaps.remove(offset + n);
    gaps.put(offset, after == null ? n : n + after);
  }

  int size() {
    return (int) size;
  }

  private static int rounded(int length) {
    return Math.max(LINE, Math.addExact(length, LINE - 1) / LINE * LINE);
  }
}
