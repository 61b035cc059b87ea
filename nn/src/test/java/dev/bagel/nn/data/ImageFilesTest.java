package dev.bagel.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** IDX and CIFAR: the formats of bytes. */
@Timeout(120)
class ImageFilesTest {
  private static final List<String> TEN = Labels.numbered(10);

  private static byte[] idx(int type, int[] dims, byte... data) {
    ByteBuffer b = ByteBuffer.allocate(4 + 4 * dims.length + data.length);
    b.putInt(type << 8 | dims.length);
    for (int d : dims) {
      b.putInt(d);
    }
    return b.put(data).array();
  }

  private static byte[] images(int n) {
    byte[] pixels = new byte[n * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (7 * i);
    }
    return idx(8, new int[] {n, 2, 3}, pixels);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
      gz.write(bytes);
    }
    return out.toByteArray();
  }

  private static Idx read(byte[] file) throws IOException {
    return Idx.read(new ByteArrayInputStream(file), file.length, "x");
  }

  /** {@code n} records: record i has the label i mod classes, and pixels i, i + 1, …. */
  private static byte[] cifar(CifarBinary kind, int n) {
    byte[] file = new byte[n * kind.record()];
    for (int i = 0; i < n; i++) {
      int at = i * kind.record();
      int header = kind.record() - 3072;
      file[at + header - 1] = (byte) (i % (kind == CifarBinary.TEN ? 10 : 100));
      for (int p = 0; p < 3072; p++) {
        file[at + header + p] = (byte) (i + p);
      }
    }
    return file;
  }

  @Test
  void pixelsAreBytesOver255() throws IOException {
    Idx labels = read(idx(8, new int[] {2}, (byte) 3, (byte) 9));
    Dataset set = Idx.pair("x", read(images(2)), labels, "x", TEN);
    assertEquals(Shape.of(1, 2, 3), set.example());
    Batch batch = set.batch(1, 0, 1);
    assertEquals(Shape.of(3, 1, 2, 3), batch.x().shape());
    assertArrayEquals(new int[] {9, 3, 9}, batch.labels());
    for (int i = 0; i < 6; i++) {
      assertEquals((7 * (i + 6) & 255) / 255f, batch.x().get(i));
      assertEquals((7 * i & 255) / 255f, batch.x().get(6 + i));
    }
  }

  @Test
  void slicesAreTheSameExamples() throws IOException {
    byte[] y = {0, 1, 2, 3, 4};
    Dataset set = Idx.pair("x", read(images(5)), read(idx(8, new int[] {5}, y)), "x", TEN);
    Dataset slice = set.slice(1, 3).slice(1, 2);
    assertArrayEquals(new int[] {2, 3}, slice.labels());
    assertEquals("x[1..4)[1..3)", slice.name());
    assertArrayEquals(set.batch(2, 3).x().toArray(), slice.all().x().toArray());
    assertThrows(IndexOutOfBoundsException.class, () -> set.slice(3, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> set.slice(-1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> set.slice(1, Integer.MAX_VALUE));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.batch(2));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.label(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> set.batch(5));
  }

  @Test
  void foldersOfBothSpellingsAreRead(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("train-images.idx3-ubyte"), images(3));
    Files.write(
        folder.resolve("train-labels-idx1-ubyte.gz"), gzip(idx(8, new int[] {3}, new byte[3])));
    Dataset set = Datasets.open(folder.toString(), Split.TRAIN);
    assertEquals(3, set.size());
    assertEquals(10, set.classes());
    FormatException e =
        assertThrows(FormatException.class, () -> Datasets.open(folder.toString(), Split.TEST));
    assertTrue(e.getMessage().contains("t10k-images-idx3-ubyte"), e.getMessage());
  }

  @Test
  void cifarRecordsAreRead(@TempDir Path folder) throws IOException {
    for (CifarBinary kind : CifarBinary.values()) {
      Path file = folder.resolve(kind + ".bin");
      Files.write(file, cifar(kind, 12));
      Dataset set = Datasets.open(file.toString(), Split.TEST);
      assertEquals(kind == CifarBinary.TEN ? 10 : 100, set.classes());
      assertEquals(Shape.of(3, 32, 32), set.example());
      assertEquals(kind == CifarBinary.TEN ? 1 : 11, set.label(11));
      float[] x = set.batch(11).x().toArray();
      for (int p = 0; p < 3072; p++) {
        assertEquals((11 + p & 255) / 255f, x[p]);
      }
    }
  }

  @Test
  void cifarFoldersAreReadInOrder(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("data_batch_2.bin"), cifar(CifarBinary.TEN, 3));
    Files.write(folder.resolve("data_batch_1.bin"), cifar(CifarBinary.TEN, 2));
    Files.write(folder.resolve("test_batch.bin"), cifar(CifarBinary.TEN, 1));
    assertArrayEquals(
        new int[] {0, 1, 0, 1, 2}, Datasets.open(folder.toString(), Split.TRAIN).labels());
    assertEquals(1, Datasets.open(folder.toString(), Split.TEST).size());
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> hostileIdxFilesAreRefused() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("three bytes", new byte[3]);
    files.put("no magic", new byte[] {1, 2, 8, 1, 0, 0, 0, 0});
    files.put("little-endian magic", new byte[] {3, 8, 0, 0, 0, 0, 0, 0});
    files.put("no axes", idx(8, new int[0]));
    files.put("two hundred axes", changed(idx(8, new int[1]), 3, 200));
    files.put("floats", idx(0x0d, new int[] {1}, new byte[4]));
    files.put("negative axis", idx(8, new int[] {-1}));
    files.put("product that wraps", idx(8, new int[] {65536, 65536, 1}, new byte[4]));
    files.put("two gigabytes claimed", idx(8, new int[] {2_000_000_000}, new byte[4]));
    files.put("header cut off", Arrays.copyOf(images(1), 10));
    files.put("one byte too few", Arrays.copyOf(images(1), images(1).length - 1));
    files.put("one byte too many", Arrays.copyOf(images(1), images(1).length + 1));
    byte[] packed = gzip(images(9));
    files.put("gzip cut off", Arrays.copyOf(packed, packed.length - 1));
    files.put("gzip cut off in its header", Arrays.copyOf(packed, 5));
    files.put("gzip with a wrong CRC", changed(packed, packed.length - 8, 1));
    files.put("gzip of another method", changed(packed, 2, 7));
    files.put("gzip of gzip", gzip(packed));
    files.put("gzip of too few", gzip(Arrays.copyOf(images(9), 30)));
    files.put("gzip of too many", gzip(Arrays.copyOf(images(9), 300)));
    files.put("gzip of two gigabytes claimed", gzip(idx(8, new int[] {2_000_000_000})));
    return tests(files, ImageFilesTest::read);
  }

  @Test
  void aTruncatedFileSaysHowMuchIsMissing() {
    byte[] cut = Arrays.copyOf(images(100), 500);
    FormatException e = assertThrows(FormatException.class, () -> read(cut));
    assertTrue(e.getMessage().contains("616 bytes expected"), e.getMessage());
    assertTrue(e.getMessage().contains("500 there"), e.getMessage());
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> filesThatDoNotFitAreRefused() {
    Map<String, byte[]> labels = new LinkedHashMap<>();
    labels.put("one label too few", idx(8, new int[] {1}, (byte) 0));
    labels.put("label 10 of 10", idx(8, new int[] {2}, (byte) 0, (byte) 10));
    labels.put("label 255", idx(8, new int[] {2}, (byte) 0, (byte) 255));
    labels.put("images for labels", images(2));
    return tests(labels, y -> Idx.pair("x", read(images(2)), read(y), "x", TEN));
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> hostileCifarFilesAreRefused() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("one byte too few", Arrays.copyOf(cifar(CifarBinary.TEN, 2), 2 * 3073 - 1));
    files.put("one byte too many", Arrays.copyOf(cifar(CifarBinary.TEN, 2), 2 * 3073 + 1));
    files.put("label 10", changed(cifar(CifarBinary.TEN, 2), 3073, 10));
    files.put("label 255", changed(cifar(CifarBinary.TEN, 2), 0, 255));
    files.put("a hundred classes", cifar(CifarBinary.HUNDRED, 2));
    return tests(files, f -> CifarBinary.TEN.read(f, "x"));
  }

  @Test
  void coarseLabelsAreCheckedToo() {
    byte[] file = changed(cifar(CifarBinary.HUNDRED, 1), 0, 20);
    assertThrows(FormatException.class, () -> CifarBinary.HUNDRED.read(file, "x"));
  }

  @Test
  @Tag("hostile")
  void damagedIdxFilesAreReadOrRefused() throws IOException {
    byte[] plain = images(3);
    byte[] packed = gzip(plain);
    Mutations.of("idx", ImageFilesTest::read)
        .unpacking(1200)
        .everyPrefix(plain)
        .everyPrefix(packed)
        .everyBitFlip(plain)
        .everyBitFlip(packed)
        .report();
    String[] tokens = {"\0\0\10\1", "\0\0\10\3", "\0\0\10\4", "\u001f\u008b\10", "\u007f\u00ff"};
    byte[][] valid = {plain, packed};
    Mutations.of(
            "idx pairs", f -> Idx.pair("x", read(f), new Idx(Shape.of(3), new byte[3]), "x", TEN))
        .unpacking(1200)
        .random(valid, tokens)
        .report();
  }

  @Test
  @Tag("hostile")
  void damagedCifarFilesAreReadOrRefused() {
    byte[] valid = cifar(CifarBinary.TEN, 1);
    Mutations.of("cifar", f -> CifarBinary.TEN.read(f, "x").all())
        .everyPrefix(valid)
        .random(new byte[][] {valid}, "\0", "\u00ff", "\12", "\t")
        .report();
  }

  private static Stream<DynamicTest> tests(Map<String, byte[]> files, Mutations.Reader reader) {
    Mutations mutations = Mutations.of("images", reader).unpacking(1200);
    return files.entrySet().stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = mutations.refusal(f.getValue());
                      assertTrue(e.getMessage().startsWith("x: "), e.getMessage());
                      assertTrue(e.getMessage().contains(", at "), e.getMessage());
                    }));
  }

  private static byte[] changed(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    copy[at] = (byte) value;
    return copy;
  }
}
