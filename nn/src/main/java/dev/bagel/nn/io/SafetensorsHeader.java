package dev.bagel.nn.io;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Dtype;
import dev.bagel.tensor.io.EntryNames;
import dev.bagel.tensor.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which bytes of a safetensors file are which tensor.
 *
 * <pre>
 *   {"__metadata__": {"format": "pt"},
 *    "0.weight": {"dtype": "F32", "shape": [16, 1, 4, 4], "data_offsets": [0, 1024]}, …}
 * </pre>
 *
 * <p>Both readers of this class may rely on: names are unique and printable, every shape fits its
 * bytes, and the tensors cover the data exactly, without gaps or overlaps.
 *
 * @param slots in the order of the header
 */
record SafetensorsHeader(List<Slot> slots, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** The types of safetensors, by name. */
  private static final Map<String, Dtype> DTYPES =
      Map.ofEntries(
          Map.entry("F16", Dtype.F2),
          Map.entry("BF16", Dtype.BF16),
          Map.entry("F32", Dtype.F4),
          Map.entry("F64", Dtype.F8),
          Map.entry("I8", Dtype.I1),
          Map.entry("I16", Dtype.I2),
          Map.entry("I32", Dtype.I4),
          Map.entry("I64", Dtype.I8),
          Map.entry("U8", Dtype.U1),
          Map.entry("U16", Dtype.U2),
          Map.entry("U32", Dtype.U4),
          Map.entry("BOOL", Dtype.B1));

  /** One tensor: bytes {@code begin} to {@code end} of the data. */
  record Slot(String name, Dtype dtype, Shape shape, long begin, long end) {}

  /** The slots in the order of their bytes. */
  List<Slot> byPlace() {
    List<Slot> sorted = new ArrayList<>(slots);
    sorted.sort(Comparator.comparingLong(Slot::begin).thenComparingLong(Slot::end));
    return sorted;
  }

  /**
   * Parses a header.
   *
   * @param data how many bytes of data follow it
   */
  static SafetensorsHeader parse(byte[] json, long data, String source) throws FormatException {
    return new Parser(json, source).header(data);
  }

  /** The header of these tensors, one after the other, padded to a multiple of 8 bytes. */
  static byte[] bytes(Map<String, Tensor> tensors, Map<String, String> metadata) {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      json.append(quoted(METADATA)).append(":{");
      String comma = "";
      for (Map.Entry<String, String> e : new TreeMap<>(metadata).entrySet()) {
        json.append(comma).append(quoted(e.getKey())).append(':').append(quoted(e.getValue()));
        comma = ",";
      }
      json.append('}');
    }
    long at = 0;
    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
      long end = at + 4L * e.getValue().size();
      json.append(json.length() > 1 ? "," : "").append(quoted(e.getKey()));
      json.append(":{\"dtype\":\"F32\",\"shape\":");
      json.append(e.getValue().shape().toString().replace(" ", ""));
      json.append(",\"data_offsets\":[").append(at).append(',').append(end).append("]}");
      at = end;
    }
    byte[] bare = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    int padding = -bare.length & 7;
    json.append(" ".repeat(padding));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String s) {
    StringBuilder q = new StringBuilder("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '"' || c == '\\') {
        q.append('\\').append(c);
      } else if (c < ' ') {
        q.append("\\u00")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        q.append(c);
      }
    }
    return q.append('"').toString();
  }

  /** The grammar has two levels; there is no recursion that a file could drive. */
  private static final class Parser {
    private static final int MOST_AXES = 64;

    private final JsonCursor in;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private Map<String, String> metadata;

    Parser(byte[] json, String source) {
      in = new JsonCursor(json, 8, source);
    }

    SafetensorsHeader header(long data) throws FormatException {
      in.expect('{');
      if (!in.skip('}')) {
        do {
          entry();
        } while (in.skip(','));
        in.expect('}');
      }
      in.end();
      Map<String, String> meta =
          metadata == null ? Map.of() : Collections.unmodifiableMap(metadata);
      SafetensorsHeader header = new SafetensorsHeader(List.copyOf(slots.values()), meta);
      checkCover(header, data);
      return header;
    }

    private void entry() throws FormatException {
      String name = in.string();
      in.expect(':');
      if (name.equals(METADATA)) {
        if (metadata != null) {
          throw in.wrong(METADATA + " twice");
        }
        metadata = metadata();
        return;
      }
      Optional<String> flaw = EntryNames.flaw(name);
      if (flaw.isPresent()) {
        throw in.wrong(flaw.get());
      }
      if (slots.put(name, slot(name)) != null) {
        throw in.wrong("the tensor '" + name + "' twice");
      }
    }

    private Map<String, String> metadata() throws FormatException {
      Map<String, String> map = new LinkedHashMap<>();
      in.expect('{');
      if (in.skip('}')) {
        return map;
      }
      do {
        String key = in.string();
        in.expect(':');
        if (map.put(key, in.string()) != null) {
          throw in.wrong("the metadata key '" + key + "' twice");
        }
      } while (in.skip(','));
      in.expect('}');
      return map;
    }

    private Slot slot(String name) throws FormatException {
      Dtype dtype = null;
      Shape shape = null;
      long[] range = null;
      in.expect('{');
      do {
        String key = in.string();
        in.expect(':');
        boolean again;
        switch (key) {
          case "dtype" -> {
            again = dtype != null;
            dtype = dtype(name);
          }
          case "shape" -> {
            again = shape != null;
            shape = shape(name);
          }
          case "data_offsets" -> {
            again = range != null;
            range = numbers(2);
          }
          default -> throw in.wrong("the key '" + key + "' in tensor '" + name + "'");
        }
        if (again) {
          throw in.wrong("the key '" + key + "' twice in tensor '" + name + "'");
        }
      } while (in.skip(','));
      in.expect('}');
      if (dtype == null || shape == null || range == null || range.length != 2) {
        throw in.wrong("tensor '" + name + "' lacks dtype, shape or two data_offsets");
      }
      if (range[1] - range[0] != (long) shape.size() * dtype.width()) {
        throw in.wrong(
            "tensor '" + name + "' of shape " + shape + " in " + (range[1] - range[0]) + " bytes");
      }
      return new Slot(name, dtype, shape, range[0], range[1]);
    }

    private Dtype dtype(String name) throws FormatException {
      String text = in.string();
      Dtype dtype = DTYPES.get(text);
      if (dtype == null) {
        throw in.wrong("the type '" + text + "' of tensor '" + name + "' (convert it to F32)");
      }
      return dtype;
    }

    private Shape shape(String name) throws FormatException {
      long[] wide = numbers(MOST_AXES);
      int[] dims = new int[wide.length];
      for (int i = 0; i < dims.length; i++) {
        if (wide[i] > Integer.MAX_VALUE) {
          throw in.wrong("an axis of length " + wide[i] + " in tensor '" + name + "'");
        }
        dims[i] = (int) wide[i];
      }
      try {
        return Shape.of(dims);
      } catch (ShapeException e) {
        throw in.wrong("tensor '" + name + "': " + e.getMessage()).because(e);
      }
    }

    private long[] numbers(int most) throws FormatException {
      List<Long> list = new ArrayList<>();
      in.expect('[');
      if (!in.skip(']')) {
        do {
          if (list.size() == most) {
            throw in.wrong("more than " + most + " numbers");
          }
          list.add(in.number());
        } while (in.skip(','));
        in.expect(']');
      }
      return list.stream().mapToLong(Long::longValue).toArray();
    }

    private void checkCover(SafetensorsHeader header, long data) throws FormatException {
      long covered = 0;
      for (Slot s : header.byPlace()) {
        if (s.begin() != covered) {
          throw in.wrong(
              "tensor '"
                  + s.name()
                  + "' begins at data byte "
                  + s.begin()
                  + (s.begin() < covered ? ", inside another: " : ", after a gap: ")
                  + covered
                  + " was expected");
        }
        covered = s.end();
      }
      if (covered != data) {
        throw in.wrong("the tensors cover " + covered + " bytes and the file has " + data);
      }
    }
  }
}
