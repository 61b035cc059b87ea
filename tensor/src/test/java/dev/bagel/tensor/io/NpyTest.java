package dev.bagel.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NpyTest {
  private static final Shape SHAPE = Shape.of(2, 3);
  private static final NpyArray FLOATS =
      NpyArray.of(Tensor.of(SHAPE, 1, -2, 3.5f, 0, Float.MIN_VALUE, Float.MAX_VALUE));

  /** A file: magic, version 1.0 and the given dictionary and data. */
  static byte[] file(String dictionary, byte... data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    byte[] text = dictionary.getBytes(StandardCharsets.ISO_8859_1);
    out.write(text.length);
    out.write(text.length >> 8);
    out.writeBytes(text);
    out.writeBytes(data);
    return out.toByteArray();
  }

  private static byte[] file(String descr, boolean fortran, String shape, byte... data) {
    return file(
        "{'descr': '"
            + descr
            + "', 'fortran_order': "
            + (fortran ? "True" : "False")
            + ", 'shape': "
            + shape
            + ", }\n",
        data);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  @Test
  void writesWhatNumpyWrites() {
    // numpy.save(f, numpy.arange(6, dtype='<i4').reshape(2, 3)), NumPy 2.4
    String header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
    byte[] expected =
        file(
            header + " ".repeat(117 - header.length()) + "\n",
            hex("00000000 01000000 02000000 03000000 04000000 05000000"));
    assertArrayEquals(expected, Npy.bytes(NpyArray.of(SHAPE, 0, 1, 2, 3, 4, 5)));
  }

  @Test
  void everyArrayComesBack(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a.npy");
    Npy.write(file, FLOATS);
    assertEquals(SHAPE, Npy.read(file).shape());
    assertArrayEquals(FLOATS.tensor().toArray(), Npy.read(file).tensor().toArray());
    long[] wide = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
    NpyArray longs = Npy.read(Npy.bytes(NpyArray.of(Shape.of(3), wide)), "longs");
    assertEquals(Dtype.I8, longs.dtype());
    assertArrayEquals(wide, longs.longs());
    double[] fine = {Math.PI, Double.NaN};
    assertArrayEquals(
        fine, Npy.read(Npy.bytes(NpyArray.of(Shape.of(2), fine)), "doubles").doubles());
    byte[] pixels = {0, 127, -1};
    NpyArray bytes = Npy.read(Npy.bytes(NpyArray.of(Shape.of(3), pixels)), "bytes");
    assertArrayEquals(pixels, bytes.bytes());
    assertArrayEquals(new int[] {0, 127, 255}, bytes.ints());
  }

  @Test
  void arraysLargerThanAChunkComeBack() throws IOException {
    int[] v = new int[100_003];
    for (int i = 0; i < v.length; i++) {
      v[i] = i * 31;
    }
    NpyArray array = NpyArray.of(Shape.of(v.length), v);
    assertArrayEquals(v, Npy.read(Npy.bytes(array), "large").ints());
    assertEquals(Npy.bytes(array).length, Npy.length(array));
  }

  @Test
  void scalarsAndEmptyArraysComeBack() throws IOException {
    assertEquals(Shape.of(), Npy.read(Npy.bytes(NpyArray.of(Shape.of(), 7)), "scalar").shape());
    assertEquals(
        Shape.of(0, 3), Npy.read(Npy.bytes(NpyArray.of(Shape.of(0, 3), new int[0])), "").shape());
  }

  @TestFactory
  Stream<DynamicTest> everyTypeIsRead() {
    Map<String, double[]> cases = new LinkedHashMap<>();
    cases.put("<f2 003c 00c0 ff7b 0100 007c", new double[] {1, -2, 65504, 0x1p-24, 1 / 0.0});
    cases.put(">f2 3c00 c000", new double[] {1, -2});
    cases.put("<f4 0000803f", new double[] {1});
    cases.put(">f4 3f800000", new double[] {1});
    cases.put("<f8 000000000000f03f", new double[] {1});
    cases.put(">f8 3ff0000000000000", new double[] {1});
    cases.put("|i1 ff7f", new double[] {-1, 127});
    cases.put("<i2 feff", new double[] {-2});
    cases.put(">i2 fffe", new double[] {-2});
    cases.put("<i4 feffffff", new double[] {-2});
    cases.put(">i4 00000102", new double[] {258});
    cases.put(">i8 fffffffffffffffe", new double[] {-2});
    cases.put("|u1 ff", new double[] {255});
    cases.put(">u2 ff00", new double[] {65280});
    cases.put("<u4 ffffffff", new double[] {4294967295.0});
    cases.put(">u8 0000000000000100", new double[] {256});
    cases.put("|b1 0001", new double[] {0, 1});
    return cases.entrySet().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.getKey(),
                    () -> {
                      byte[] data = hex(c.getKey().substring(3));
                      int n = c.getValue().length;
                      byte[] file = file(c.getKey().substring(0, 3), false, "(" + n + ",)", data);
                      assertArrayEquals(c.getValue(), Npy.read(file, "f").doubles());
                      for (int i = 0; i < n; i++) {
                        float expected = (float) c.getValue()[i];
                        assertEquals(expected, Npy.read(file, "f").tensor().get(i));
                      }
                    }));
  }

  @Test
  void everyHalfIsRead() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int h = 0; h < 1 << 16; h++) {
      all.putShort((short) h);
    }
    double[] v = Npy.read(file("<f2", false, "(65536,)", all.array()), "f2").doubles();
    for (int h = 0; h < 1 << 16; h++) { // IEEE 754-2008, 3.4, from the definition
      int e = h >> 10 & 31;
      int m = h & 1023;
      double magnitude = e == 0 ? m * 0x1p-24 : (1 + m / 1024.0) * Math.pow(2, e - 15);
      double value = e < 31 ? magnitude : m == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      assertEquals(h >> 15 == 0 ? value : -value, v[h]);
    }
  }

  @Test
  void fortranOrderIsTurned() throws IOException {
    // columns first: x[i, j, k] = 100 i + 10 j + k
    byte[] data = new byte[24];
    int n = 0;
    for (int k = 0; k < 4; k++) {
      for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 2; i++) {
          data[n++] = (byte) (100 * i + 10 * j + k);
        }
      }
    }
    int[] v = Npy.read(file("|u1", true, "(2, 3, 4)", data), "f").ints();
    for (int i = 0; i < v.length; i++) {
      assertEquals(100 * (i / 12) + 10 * (i / 4 % 3) + i % 4, v[i]);
    }
  }

  @Test
  void versionsTwoAndThreeAreRead() throws IOException {
    byte[] one = file("|u1", false, "(1,)", (byte) 7);
    for (byte version = 2; version <= 3; version++) {
      byte[] later = Mutations.spliced(one, 10, 0, new byte[2]);
      later[6] = version;
      assertArrayEquals(new int[] {7}, Npy.read(later, "v" + version).ints());
    }
  }

  @Test
  void integersAreNotMadeOfReals() {
    assertThrows(IllegalStateException.class, FLOATS::ints);
    NpyArray wide = NpyArray.of(Shape.of(1), 1L << 40);
    assertThrows(ArithmeticException.class, wide::ints);
    assertThrows(IllegalStateException.class, wide::bytes);
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> hostileFilesAreRefused() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("no magic", "PK\3\4 this is a ZIP file".getBytes(StandardCharsets.US_ASCII));
    files.put("version 4", changed(file("|u1", false, "(1,)", (byte) 1), 6, 4));
    files.put("minor version 1", changed(file("|u1", false, "(1,)", (byte) 1), 7, 1));
    byte[] two = Mutations.spliced(file("|u1", false, "()", (byte) 1), 6, 4, hex("0200ffffffff"));
    files.put("header of 4 GB", two);
    files.put("header longer than the file", changed(file("|u1", false, "()"), 9, 200));
    files.put("pickled objects", file("|O", false, "(1,)", new byte[8]));
    files.put("text", file("<U5", false, "()", new byte[20]));
    files.put("complex", file("<c8", false, "(1,)", new byte[8]));
    files.put("no byte order", file("=f4", false, "(1,)", new byte[4]));
    files.put("| with two bytes", file("|i2", false, "(1,)", new byte[2]));
    files.put("bfloat", file("<bf16", false, "(1,)", new byte[2]));
    files.put(
        "structured",
        file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", new byte[4]));
    files.put("negative axis", file("|u1", false, "(-1,)"));
    files.put("axis of 2^31", file("|u1", false, "(2147483648,)"));
    files.put("axis of forty digits", file("|u1", false, "(" + "9".repeat(40) + ",)"));
    files.put("product that wraps to 4", file("|u1", false, "(65537, 65536, 65536)", new byte[4]));
    files.put("shape of 8 GB", file("<f4", false, "(2000000000,)", new byte[16]));
    files.put("65 axes", file("|u1", false, "(" + "1,".repeat(65) + ")", (byte) 1));
    files.put("a float for an axis", file("|u1", false, "(1.0,)", (byte) 1));
    files.put("shape that is a list", file("|u1", false, "[1]", (byte) 1));
    files.put("one byte too many", file("|u1", false, "(1,)", (byte) 1, (byte) 2));
    files.put("one byte too few", file("<f4", false, "(1,)", new byte[3]));
    files.put("u8 beyond 2^63", file("<u8", false, "(1,)", hex("00000000000000ff")));
    files.put("no shape", file("{'descr': '|u1', 'fortran_order': False}\n", (byte) 1));
    files.put(
        "descr twice",
        file("{'descr': '|u1', 'descr': '|i1', 'fortran_order': False, 'shape': ()}", (byte) 1));
    files.put(
        "unknown key",
        file("{'descr': '|u1', 'x': 1, 'fortran_order': False, 'shape': ()}", (byte) 1));
    files.put(
        "code in the header",
        file("{'descr': '|u1', 'fortran_order': exit(), 'shape': ()}", (byte) 1));
    files.put(
        "text after the dictionary",
        file("{'descr': '|u1', 'fortran_order': False, 'shape': ()} or x", (byte) 1));
    files.put("string without end", file("{'descr': '|u1", (byte) 1));
    files.put("nested ten thousand deep", file("{" + "(".repeat(10_000), (byte) 1));
    Mutations reader = Mutations.of("npy", f -> Npy.read(f, "x.npy"));
    return files.entrySet().stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = reader.refusal(f.getValue());
                      assertTrue(e.getMessage().startsWith("x.npy: "), e.getMessage());
                      assertTrue(e.getMessage().contains(", at byte "), e.getMessage());
                    }));
  }

  @Test
  void messagesAreOneLine() {
    byte[] file = file("{'descr': '<\u001b[2J\n\r', 'fortran_order': False, 'shape': ()}");
    FormatException e = assertThrows(FormatException.class, () -> Npy.read(file, "a\nb.npy"));
    assertTrue(e.getMessage().startsWith("a\\u{a}b.npy: elements of type '<\\u{1b}[2J\\u{a}"));
  }

  @Test
  @Tag("hostile")
  void damagedFilesAreReadOrRefused() {
    byte[] valid = Npy.bytes(FLOATS);
    byte[] fortran = file(">f8", true, "(2, 2)", new byte[32]);
    String[] tokens = {
      "(",
      ")",
      ",",
      "'",
      "{",
      "}",
      "True",
      "False",
      "'shape': ",
      "'descr': '|O'",
      "<f8",
      ">u8",
      "|b1",
      "99999999999",
      "2147483647",
      "0, ",
      "-1",
      "\u0093NUMPY",
      "L"
    };
    Mutations.of("npy", f -> Npy.read(f, "f").tensor())
        .everyPrefix(valid)
        .everyPrefix(fortran)
        .everyBitFlip(valid)
        .random(new byte[][] {valid, fortran}, tokens)
        .report();
  }

  private static byte[] changed(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    copy[at] = (byte) value;
    return copy;
  }
}
