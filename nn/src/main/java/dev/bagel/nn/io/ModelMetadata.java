package dev.bagel.nn.io;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a model is besides its numbers, as the metadata of a file. */
record ModelMetadata(Layer net, Shape example, Bounds bounds, Preprocessing preprocessing) {
  /** What the keys of this project begin with. */
  static final String PREFIX = "bagel.";

  private static final String FORMAT = PREFIX + "format";
  private static final String ARCHITECTURE = PREFIX + "architecture";
  private static final String EXAMPLE = PREFIX + "example";
  private static final String BOUNDS = PREFIX + "bounds";
  private static final String MEAN = PREFIX + "mean";
  private static final String STD = PREFIX + "std";
  private static final String CHANNELS = PREFIX + "channels"; // only where they are reversed
  private static final String REVERSED = "reversed";
  private static final String VERSION = "1";

  private static final int MOST_AXES = 8;
  private static final int LARGEST_EXAMPLE = 1 << 24; // an image of 4096 × 4096
  private static final int LONGEST_LIST = 1 << 16;
  private static final Pattern NUMBER =
      Pattern.compile("-?(Infinity|[0-9]{1,40}(\\.[0-9]{1,40})?(E-?[0-9]{1,3})?)");

  static ModelMetadata of(Model m) {
    return new ModelMetadata(m.net(), m.example(), m.bounds(), m.preprocessing());
  }

  Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put(FORMAT, VERSION);
    map.put(ARCHITECTURE, Architecture.text(net));
    map.put(EXAMPLE, example.toString());
    map.put(BOUNDS, text(bounds));
    map.put(MEAN, preprocessing.mean().toString());
    map.put(STD, preprocessing.std().toString());
    if (preprocessing.reversed()) {
      map.put(CHANNELS, REVERSED);
    }
    return map;
  }

  static boolean isIn(Map<String, String> map) {
    return map.containsKey(FORMAT);
  }

  static ModelMetadata parse(Map<String, String> map, String source) throws FormatException {
    if (!isIn(map)) {
      throw FormatException.of(
          source,
          "the metadata",
          "weights without an architecture: no " + FORMAT,
          "name the architecture (--arch on the command line, StateDict.read(file).fit(…) in a"
              + " program)");
    }
    if (!VERSION.equals(map.get(FORMAT))) {
      throw FormatException.of(
          source,
          FORMAT,
          "a model file of version '" + map.get(FORMAT) + "'",
          "this program reads version " + VERSION + "; use a newer one");
    }
    Layer net = Architecture.parse(text(map, ARCHITECTURE, source), source);
    Shape example = shape(numbers(map, EXAMPLE, source), source);
    Bounds bounds = bounds(map, source);
    List<Float> mean = numbers(map, MEAN, source);
    List<Float> std = numbers(map, STD, source);
    boolean reversed = reversed(map, source);
    try {
      return new ModelMetadata(net, example, bounds, new Preprocessing(reversed, mean, std));
    } catch (IllegalArgumentException e) {
      throw wrong(e, source);
    }
  }

  /** What is left to say of a model in a file that has words of its own for everything else. */
  static Map<String, String> ofBounds(Bounds bounds) {
    return Map.of(BOUNDS, text(bounds));
  }

  private static String text(Bounds bounds) {
    return List.of(bounds.low(), bounds.high()).toString();
  }

  static boolean hasBounds(Map<String, String> map) {
    return map.containsKey(BOUNDS);
  }

  static Bounds bounds(Map<String, String> map, String source) throws FormatException {
    List<Float> two = numbers(map, BOUNDS, source);
    try {
      if (two.size() != 2) {
        throw new IllegalArgumentException(two.size() + " bounds: two are needed");
      }
      return new Bounds(two.get(0), two.get(1));
    } catch (IllegalArgumentException e) {
      throw wrong(e, source);
    }
  }

  private static FormatException wrong(IllegalArgumentException e, String source) {
    return FormatException.of(
            source, "the metadata", String.valueOf(e.getMessage()), "write the file again")
        .because(e);
  }

  private static boolean reversed(Map<String, String> map, String source) throws FormatException {
    String order = map.get(CHANNELS);
    if (order != null && !order.equals(REVERSED)) {
      throw FormatException.of(
          source, CHANNELS, "channels '" + order + "'", "only '" + REVERSED + "' is known");
    }
    return order != null;
  }

  private static Shape shape(List<Float> numbers, String source) throws FormatException {
    int[] dims = new int[numbers.size()];
    long size = 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = (int) (float) numbers.get(i);
      size *= dims[i] == numbers.get(i) && dims[i] >= 1 ? dims[i] : Integer.MAX_VALUE;
      size = Math.min(size, Integer.MAX_VALUE);
    }
    if (dims.length > MOST_AXES || size > LARGEST_EXAMPLE) {
      throw FormatException.of(
          source,
          EXAMPLE,
          "an input of shape " + numbers,
          "at most " + MOST_AXES + " positive axes, and " + LARGEST_EXAMPLE + " elements");
    }
    return Shape.of(dims);
  }

  private static String text(Map<String, String> map, String key, String source)
      throws FormatException {
    String text = map.get(key);
    if (text == null) {
      throw FormatException.of(source, "the metadata", "no " + key, "write the file again");
    }
    return text;
  }

  /** A list of numbers as {@link List#toString} writes it. */
  private static List<Float> numbers(Map<String, String> map, String key, String source)
      throws FormatException {
    String text = text(map, key, source);
    FormatException wrong =
        FormatException.of(
            source, key, "'" + text + "'", "a list of numbers such as [0.0, 1.0] is expected");
    if (!text.startsWith("[") || !text.endsWith("]") || text.length() > LONGEST_LIST) {
      throw wrong;
    }
    List<Float> numbers = new ArrayList<>();
    if (text.equals("[]")) {
      return numbers;
    }
    for (String word : text.substring(1, text.length() - 1).split(", ", -1)) {
      if (!NUMBER.matcher(word).matches()) {
        throw wrong;
      }
      numbers.add(Float.parseFloat(word));
    }
    return numbers;
  }
}
