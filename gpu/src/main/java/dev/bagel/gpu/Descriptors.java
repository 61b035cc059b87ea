package dev.bagel.gpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers for the {@link Interpreter}: descriptors, and the tables that they refer to. */
final class Descriptors {
  /** When a descriptor is run. */
  enum When {
    /** Once, at first. */
    PROLOGUE,
    /** As often as a program is asked for. */
    BODY,
    /** Once, at last. */
    EPILOGUE
  }

  private int[] numbers = new int[1024];
  private int size = 1; // no place is 0, which means "none"
  private final Map<List<Integer>, Integer> known = new HashMap<>();
  private final Map<When, List<Integer>> passes =
      Map.of(
          When.PROLOGUE,
          new ArrayList<>(),
          When.BODY,
          new ArrayList<>(),
          When.EPILOGUE,
          new ArrayList<>());

  /** Where these numbers are; equal ones are there once. */
  int table(int... values) {
    return known.computeIfAbsent(Arrays.stream(values).boxed().toList(), key -> append(values));
  }

  /** One more pass. */
  void pass(When when, int... descriptor) {
    passes.get(when).add(append(descriptor));
  }

  private int append(int... values) {
    while (size + values.length > numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * numbers.length);
    }
    System.arraycopy(values, 0, numbers, size, values.length);
    size += values.length;
    return size - values.length;
  }

  /** The number of passes of a part. */
  int count(When when) {
    return passes.get(when).size();
  }

  /** The places of all descriptors, in the order in which they run; the last thing to be asked. */
  int index() {
    return append(
        Arrays.stream(When.values())
            .flatMap(w -> passes.get(w).stream())
            .mapToInt(i -> i)
            .toArray());
  }

  int[] toArray() {
    return Arrays.copyOf(numbers, size);
  }
}
