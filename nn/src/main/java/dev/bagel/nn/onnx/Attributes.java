package dev.bagel.nn.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The settings of an operator, by name: a {@code Long}, a {@code Float}, a {@code String}, a {@code
 * List} of the former two, or a {@link Value}.
 */
record Attributes(Map<String, Object> byName) {
  /** No padding, stride or axis is larger; so sums of a few of them fit an int. */
  private static final int LARGEST = 1 << 24;

  Attributes {
    byName = Map.copyOf(byName);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  long number(String name, long otherwise) {
    return find(name, Long.class).orElse(otherwise);
  }

  int integer(String name, int otherwise) {
    return small(name, number(name, otherwise));
  }

  boolean flag(String name) {
    return number(name, 0) != 0;
  }

  float real(String name, float otherwise) {
    return find(name, Float.class).orElse(otherwise);
  }

  String text(String name, String otherwise) {
    return find(name, String.class).orElse(otherwise);
  }

  Optional<Value> tensor(String name) {
    return find(name, Value.class);
  }

  Optional<long[]> numbers(String name) {
    return find(name, List.class).map(list -> unboxed(name, list));
  }

  Optional<int[]> integers(String name) {
    return numbers(name).map(list -> small(name, list));
  }

  Optional<float[]> reals(String name) {
    return find(name, List.class)
        .map(
            list -> {
              float[] y = new float[list.size()];
              for (int i = 0; i < y.length; i++) {
                y[i] = cast(name, list.get(i), Float.class);
              }
              return y;
            });
  }

  private static long[] unboxed(String name, List<?> list) {
    return list.stream().mapToLong(v -> cast(name, v, Long.class)).toArray();
  }

  /** Numbers as ints, if they are of a size that a network can have. */
  static int[] small(String what, long... values) {
    return LongStream.of(values).mapToInt(v -> small(what, v)).toArray();
  }

  static int small(String what, long v) {
    if (v < -LARGEST || v > LARGEST) {
      throw new IllegalArgumentException(
          what + " is " + v + ", and only ±" + LARGEST + " are possible");
    }
    return (int) v;
  }

  private <T> Optional<T> find(String name, Class<T> type) {
    Object v = byName.get(name);
    return v == null ? Optional.empty() : Optional.of(cast(name, v, type));
  }

  private static <T> T cast(String name, Object v, Class<T> type) {
    if (!type.isInstance(v)) {
      throw new IllegalArgumentException(
          "attribute %s is a %s where a %s is needed"
              .formatted(name, v.getClass().getSimpleName(), type.getSimpleName()));
    }
    return type.cast(v);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    byName.keySet().stream()
        .sorted()
        .forEach(name -> text.append(' ').append(name).append('=').append(byName.get(name)));
    return text.toString().strip();
  }

  /** A list of {@code n} equal numbers. */
  static int[] repeated(int n, int value) {
    int[] list = new int[n];
    Arrays.fill(list, value);
    return list;
  }
}
