package dev.bagel.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SafetensorsTest {
  private static Safetensors example() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("0.weight", Tensor.of(Shape.of(2, 2), 1, -2, Float.NaN, Float.MIN_VALUE));
    tensors.put("0.bias", Tensor.of(Shape.of(1), 5));
    tensors.put("empty", Tensor.of(Shape.of(0, 3)));
    tensors.put("a \"scalar\" ä", Tensor.of(Shape.of(), 7));
    return new Safetensors(tensors, Map.of("note", "two\nlines, a \\ and a \"", "by", "a test"));
  }

  private static byte[] file(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer b = ByteBuffer.allocate(8 + json.length + data.length);
    b.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data);
    return b.array();
  }

  private static String entry(String dtype, String shape, long from, long to) {
    return "{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + from
        + ","
        + to
        + "]}";
  }

  @Test
  void everythingComesBackBitForBit(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("net.safetensors");
    example().write(file);
    Safetensors back = Safetensors.read(file);
    assertEquals(example().metadata(), back.metadata());
    assertEquals(List.copyOf(example().tensors().keySet()), List.copyOf(back.tensors().keySet()));
    for (String name : back.tensors().keySet()) {
      assertEquals(example().tensors().get(name).shape(), back.tensors().get(name).shape());
      assertArrayEquals(
          example().tensors().get(name).toArray(), back.tensors().get(name).toArray());
    }
    assertArrayEquals(Files.readAllBytes(file), back.toBytes());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void writesWhatTheFormatSays() {
    byte[] expected =
        file(
            "{\"ww\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}       ",
            HexFormat.of().parseHex("0000803f000000c0"));
    assertArrayEquals(
        expected, Safetensors.of(Map.of("ww", Tensor.of(Shape.of(1, 2), 1, -2))).toBytes());
    assertEquals(0, ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
  }

  @Test
  void tensorsLargerThanAChunkComeBack() throws IOException {
    float[] v = new float[70_001];
    for (int i = 0; i < v.length; i++) {
      v[i] = i;
    }
    Safetensors one = Safetensors.of(Map.of("w", Tensor.wrap(Shape.of(v.length), v)));
    assertArrayEquals(v, Safetensors.read(one.toBytes(), "f").tensors().get("w").toArray());
  }

  @TestFactory
  Stream<DynamicTest> everyTypeIsRead() {
    Map<String, Float> cases = new LinkedHashMap<>();
    cases.put("F16 00c0", -2f);
    cases.put("BF16 c03f", 1.5f);
    cases.put("F32 0000803f", 1f);
    cases.put("F64 000000000000f0bf", -1f);
    cases.put("I8 ff", -1f);
    cases.put("I16 feff", -2f);
    cases.put("I32 00010000", 256f);
    cases.put("I64 ffffffffffffffff", -1f);
    cases.put("U8 ff", 255f);
    cases.put("U16 ffff", 65535f);
    cases.put("U32 00000080", 0x1p31f);
    cases.put("BOOL 01", 1f);
    return cases.entrySet().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.getKey(),
                    () -> {
                      String[] parts = c.getKey().split(" ", -1);
                      byte[] data = HexFormat.of().parseHex(parts[1]);
                      String header = "{\"w\":" + entry(parts[0], "[]", 0, data.length) + "}";
                      Safetensors read = Safetensors.read(file(header, data), "f");
                      assertEquals(c.getValue(), read.tensors().get("w").item());
                    }));
  }

  @Test
  void theOrderIsTheHeadersAndTheBytesAreTheOffsets() throws IOException {
    String header =
        "{ \"b\" : " + entry("U8", "[1]", 1, 2) + ",\n\t\"a\":" + entry("U8", "[1]", 0, 1) + "}";
    Safetensors read = Safetensors.read(file(header, (byte) 10, (byte) 20), "f");
    assertEquals(List.of("b", "a"), List.copyOf(read.tensors().keySet()));
    assertEquals(20, read.tensors().get("b").item());
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> hostileFilesAreRefused() {
    String one = entry("U8", "[1]", 0, 1);
    byte x = 1;
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("seven bytes", new byte[7]);
    files.put("header of 0", file(""));
    files.put("header of 2^63", changed(file("{}"), 7, 0x80));
    files.put("header of 100 MB and one", changed(file("{}  "), 3, 6));
    files.put("header longer than the file", changed(file("{}"), 0, 3));
    files.put("space before the header", file(" {}"));
    files.put("list for a header", file("[]"));
    files.put("NUL after the header", file("{}\0\0"));
    files.put("line feed after the header", file("{}\n"));
    files.put("byte order mark", file("\ufeff{}"));
    files.put("data of nobody", file("{}", x));
    files.put("trailing byte", file("{\"a\":" + one + "}", x, x));
    files.put("missing byte", file("{\"a\":" + one + "}"));
    files.put("gap", file("{\"a\":" + one + ",\"b\":" + entry("U8", "[1]", 2, 3) + "}", x, x, x));
    files.put("gap at the start", file("{\"a\":" + entry("U8", "[1]", 1, 2) + "}", x, x));
    files.put("overlap", file("{\"a\":" + one + ",\"b\":" + one + "}", x));
    files.put(
        "nothing inside another",
        file(
            "{\"a\":" + entry("U8", "[2]", 0, 2) + ",\"b\":" + entry("U8", "[0]", 1, 1) + "}",
            x,
            x));
    files.put("end before begin", file("{\"a\":" + entry("U8", "[1]", 1, 0) + "}", x));
    files.put(
        "offsets that do not fit the shape", file("{\"a\":" + entry("F32", "[1]", 0, 1) + "}", x));
    files.put(
        "offset beyond 2^63",
        file(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,9223372036854775808]}}",
            x));
    files.put(
        "one offset", file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", x));
    files.put(
        "three offsets",
        file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}}", x));
    files.put(
        "product that wraps to 4",
        file("{\"a\":" + entry("U8", "[4194305,4194305,211106198978564]", 0, 4) + "}", x, x, x, x));
    files.put("negative axis", file("{\"a\":" + entry("U8", "[-1]", 0, 1) + "}", x));
    files.put("fraction for an axis", file("{\"a\":" + entry("U8", "[1.0]", 0, 1) + "}", x));
    files.put("exponent for an axis", file("{\"a\":" + entry("U8", "[1e0]", 0, 1) + "}", x));
    files.put("axis with a leading zero", file("{\"a\":" + entry("U8", "[01]", 0, 1) + "}", x));
    files.put("NaN for an axis", file("{\"a\":" + entry("U8", "[NaN]", 0, 1) + "}", x));
    files.put(
        "65 axes", file("{\"a\":" + entry("U8", "[1" + ",1".repeat(64) + "]", 0, 1) + "}", x));
    files.put("unknown type", file("{\"a\":" + entry("F8_E4M3", "[1]", 0, 1) + "}", x));
    files.put("type in lower case", file("{\"a\":" + entry("u8", "[1]", 0, 1) + "}", x));
    files.put("the same tensor twice", file("{\"a\":" + one + ",\"a\":" + one + "}", x));
    files.put(
        "the same tensor twice, escaped", file("{\"a\":" + one + ",\"\\u0061\":" + one + "}", x));
    files.put(
        "dtype twice",
        file(
            "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", x));
    files.put("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}"));
    files.put("metadata key twice", file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"));
    files.put("metadata that is no text", file("{\"__metadata__\":{\"a\":1}}"));
    files.put(
        "unknown key",
        file("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":1}}", x));
    files.put("no shape", file("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", x));
    files.put("name with NUL", file("{\"a\\u0000b\":" + one + "}", x));
    files.put("name with a control byte", file("{\"a\nb\":" + one + "}", x));
    files.put("name that runs backwards", file("{\"a\u202eb\":" + one + "}", x));
    files.put("name that climbs", file("{\"../../a\":" + one + "}", x));
    files.put("empty name", file("{\"\":" + one + "}", x));
    files.put("name of a megabyte", file("{\"" + "a".repeat(1 << 20) + "\":" + one + "}", x));
    files.put("half a surrogate pair", file("{\"\\ud800\":" + one + "}", x));
    files.put("two first halves", file("{\"\\ud800\\ud800\":" + one + "}", x));
    files.put("unknown escape", file("{\"\\x41\":" + one + "}", x));
    files.put("string that is not UTF-8", changed(file("{\"a\":" + one + "}", x), 10, 0xff));
    files.put("string without end", file("{\"a"));
    files.put("comma at the end", file("{\"a\":" + one + ",}", x));
    files.put("nested ten thousand deep", file("{\"a\":" + "[".repeat(10_000)));
    files.put("two documents", file("{}{}"));
    Mutations reader = Mutations.of("safetensors", f -> Safetensors.read(f, "x.safetensors"));
    return files.entrySet().stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = reader.refusal(f.getValue());
                      assertTrue(e.getMessage().startsWith("x.safetensors: "), e.getMessage());
                      assertTrue(e.getMessage().contains(", at byte "), e.getMessage());
                    }));
  }

  @Test
  void namesThatWouldBeRefusedAreNotWritten() {
    Tensor t = Tensor.of(Shape.of(1), 1);
    for (String name : List.of("", "__metadata__", "a\0b", "../a", "\u202ea")) {
      Map<String, Tensor> tensors = Map.of(name, t);
      assertThrows(IllegalArgumentException.class, () -> Safetensors.of(tensors), name);
    }
  }

  @Test
  void metadataThatUtf8CannotSayIsNotWritten() {
    Map<String, String> half = Map.of("note", "\ud800");
    assertThrows(IllegalArgumentException.class, () -> new Safetensors(Map.of(), half));
  }

  @Test
  @Tag("hostile")
  void damagedFilesAreReadOrRefused() {
    byte[] valid = example().toBytes();
    byte[] types =
        file(
            "{\"a\":" + entry("F16", "[2]", 0, 4) + ",\"b\":" + entry("I64", "[1]", 4, 12) + "}",
            new byte[12]);
    String[] tokens = {
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"",
      "\\u0000",
      "\\ud83d\\ude00",
      "\"shape\":",
      "\"dtype\":",
      "\"F64\"",
      "\"BOOL\"",
      "[0,8]",
      "-1",
      "9223372036854775807",
      "2147483648",
      "1e9",
      "null",
      "__metadata__",
      "[4194305,4194305,211106198978564]"
    };
    Mutations.of("safetensors", f -> Safetensors.read(f, "f"))
        .everyPrefix(valid)
        .everyPrefix(types)
        .everyBitFlip(valid)
        .everyBitFlip(types)
        .random(new byte[][] {valid, types}, tokens)
        .report();
  }

  private static byte[] changed(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    copy[at] = (byte) value;
    return copy;
  }
}
