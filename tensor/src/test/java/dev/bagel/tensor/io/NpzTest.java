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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TimeZone;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NpzTest {
  private static final int LOCAL_BYTES = 30;

  private static Map<String, NpyArray> arrays() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("0.weight", NpyArray.of(Tensor.of(Shape.of(2, 2), 1, 2, 3, 4)));
    arrays.put("y", NpyArray.of(Shape.of(3), 7, 8, 9));
    return arrays;
  }

  private static Npz npz(byte[] file) throws IOException {
    return npz(file, Npz.LIMIT);
  }

  private static Npz npz(byte[] file, long limit) throws IOException {
    return Npz.open(() -> new MemoryChannel(file), "x.npz", limit);
  }

  /** Java's own writer, which leaves sizes to data descriptors. */
  private static byte[] zip(String name, byte[] content, String comment) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setComment(comment);
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    }
    return out.toByteArray();
  }

  @Test
  void everyArrayComesBack(@TempDir Path folder) throws IOException {
    for (Npz.Packing packing : Npz.Packing.values()) {
      Path file = folder.resolve(packing + ".npz");
      Npz.write(file, arrays(), packing);
      Npz npz = Npz.open(file);
      assertEquals(List.of("0.weight", "y"), List.copyOf(npz.names()));
      assertEquals(Shape.of(2, 2), npz.array("0.weight").shape());
      assertArrayEquals(new float[] {1, 2, 3, 4}, npz.array("0.weight").tensor().toArray());
      assertArrayEquals(new int[] {7, 8, 9}, npz.arrays().get("y").ints());
    }
  }

  @Test
  void aMissingArrayIsNamedBesideThoseThatAre() throws IOException {
    Npz npz = npz(Npz.bytes(arrays(), Npz.Packing.STORED));
    NoSuchElementException e = assertThrows(NoSuchElementException.class, () -> npz.array("z"));
    assertTrue(e.getMessage().contains("[0.weight, y]"), e.getMessage());
  }

  @Test
  void equalArraysMakeEqualBytesAnywhere() {
    TimeZone before = TimeZone.getDefault();
    for (Npz.Packing packing : Npz.Packing.values()) {
      byte[] here = Npz.bytes(arrays(), packing);
      try {
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
        assertArrayEquals(here, Npz.bytes(arrays(), packing));
      } finally {
        TimeZone.setDefault(before);
      }
    }
  }

  @Test
  void filesOfOtherWritersAreRead() throws IOException {
    byte[] content = Npy.bytes(NpyArray.of(Shape.of(1), 5));
    byte[] plain = zip("a/ä.npy", content, "");
    assertArrayEquals(new int[] {5}, npz(plain).array("a/ä").ints());
    byte[] commented = zip("x.npy", content, "a comment with PK\5\6 in it");
    assertArrayEquals(new int[] {5}, npz(commented).array("x").ints());
  }

  @Test
  void zip64IsRead() throws IOException {
    byte[] file = zip64(Npy.bytes(NpyArray.of(Shape.of(1), 5)), 0);
    assertArrayEquals(new int[] {5}, npz(file).array("x").ints());
  }

  @Test
  void namesThatWouldBeRefusedAreNotWritten() {
    for (String name : List.of("../x", "a\\b", "/etc/x", "a\0b", "\u202egnp", "\ud800")) {
      Map<String, NpyArray> arrays = Map.of(name, NpyArray.of(Shape.of(1), 1));
      assertThrows(
          IllegalArgumentException.class, () -> Npz.bytes(arrays, Npz.Packing.STORED), name);
    }
  }

  @Test
  void aBombIsRefusedByItsDirectory() throws IOException {
    byte[] file = zip("x.npy", new byte[50 << 20], "");
    assertTrue(file.length < 60_000);
    FormatException e = assertThrows(FormatException.class, () -> npz(file, 10 << 20));
    assertTrue(e.getMessage().contains("raise the limit"), e.getMessage());
    assertThrows(FormatException.class, () -> npz(file).array("x")); // zeros are no array
  }

  @Test
  void anArrayLargerThanTheHeapIsRefused() {
    FormatException e =
        assertThrows(FormatException.class, () -> HeapLimit.check(Long.MAX_VALUE, "x.npz(x.npy)"));
    assertTrue(e.getMessage().contains("-Xmx"), e.getMessage());
  }

  /** An archive of one stored entry, {@code x.npy}, with all sizes in ZIP64 fields. */
  private static byte[] zip64(byte[] content, long lie) {
    CRC32 crc = new CRC32();
    crc.update(content);
    byte[] name = "x.npy".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer b = ByteBuffer.allocate(1000 + content.length).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0).putInt(0);
    b.putInt((int) crc.getValue()).putInt(-1).putInt(-1).putShort((short) 5).putShort((short) 20);
    b.put(name).putShort((short) 1).putShort((short) 16);
    b.putLong(content.length).putLong(content.length).put(content);
    int central = b.position();
    b.putInt(0x02014b50).putShort((short) 45).putShort((short) 45).putShort((short) 0);
    b.putShort((short) 0).putInt(0).putInt((int) crc.getValue()).putInt(-1).putInt(-1);
    b.putShort((short) 5).putShort((short) 28).putShort((short) 0).putShort((short) 0);
    b.putShort((short) 0).putInt(0).putInt(-1).put(name).putShort((short) 1).putShort((short) 24);
    b.putLong(content.length + lie).putLong(content.length + lie).putLong(0);
    int end = b.position();
    b.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0);
    b.putLong(1).putLong(1).putLong(end - central).putLong(central);
    b.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    b.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) -1);
    b.putShort((short) -1).putInt(-1).putInt(-1).putShort((short) 0);
    byte[] file = new byte[b.position()];
    b.flip().get(file);
    return file;
  }

  @TestFactory
  @Tag("hostile")
  Stream<DynamicTest> hostileFilesAreRefused() throws IOException {
    byte[] content = Npy.bytes(NpyArray.of(Shape.of(4), 5, 6, 7, 8));
    Map<String, NpyArray> one = Map.of("x", NpyArray.of(Shape.of(4), 5, 6, 7, 8));
    byte[] stored = Npz.bytes(one, Npz.Packing.STORED);
    byte[] deflated = zip("x.npy", content, "");
    int central = find(stored, "PK\1\2");
    int end = find(stored, "PK\5\6");
    int centralOfDeflated = find(deflated, "PK\1\2");
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("only an end record", new byte[22]);
    files.put("bytes before the archive", Mutations.spliced(stored, 0, 0, new byte[3]));
    files.put("bytes after the archive", Mutations.spliced(stored, stored.length, 0, new byte[3]));
    files.put("bytes before the directory", Mutations.spliced(stored, central, 0, new byte[3]));
    files.put("directory beyond the file", number(stored, end + 16, 1 << 30));
    files.put("directory longer than it is", number(stored, end + 12, 1 << 20));
    files.put("two entries announced", number(stored, end + 8, 2 | 2 << 16));
    files.put("10,001 entries announced", number(stored, end + 8, 10_001 | 10_001 << 16));
    files.put("second disk", number(stored, end + 4, 1));
    files.put("encrypted", number(number(stored, 6, 1), central + 8, 1));
    files.put("packed by method 99", number(number(stored, 8, 99), central + 10, 99));
    files.put("local header elsewhere", number(stored, central + 42, 5));
    files.put("local header in the directory", number(stored, central + 42, central));
    files.put("local name differs", number(stored, LOCAL_BYTES, 'z'));
    files.put("local size differs", number(stored, 18, 3));
    files.put("stored size differs", number(stored, central + 24, 1 << 30));
    files.put("packed size beyond the file", number(stored, central + 20, 1 << 30));
    files.put("ratio above 1032", number(deflated, centralOfDeflated + 24, 1 << 30));
    files.put("size smaller than it is", number(deflated, centralOfDeflated + 24, 100));
    files.put("size larger than it is", number(deflated, centralOfDeflated + 24, 2000));
    files.put("wrong CRC", number(number(stored, 14, 1), central + 16, 1));
    files.put("data descriptor that lies", number(deflated, centralOfDeflated - 4, 77));
    files.put("broken deflated stream", number(deflated, 35, -1));
    files.put("ZIP64 size without a field", number(stored, central + 24, -1));
    files.put("ZIP64 end without a record", number(stored, end + 16, -1));
    files.put("ZIP64 sizes that lie", zip64(content, 1));
    files.put("ZIP64 sizes that are negative", zip64(content, Long.MIN_VALUE));
    files.put("name with NUL", renamed(stored, "x\0npy"));
    files.put("name of dots", renamed(stored, "../xy"));
    files.put("absolute name", renamed(stored, "/.npy"));
    files.put("name that is not UTF-8", renamed(stored, "\u00ff.npy"));
    files.put("no array", renamed(stored, "x.txt"));
    byte[] two = Npz.bytes(arrays(), Npz.Packing.STORED);
    files.put("entries that overlap", overlapping(two));
    Map<String, NpyArray> ab = new LinkedHashMap<>();
    ab.put("a", NpyArray.of(Shape.of(1), 1));
    ab.put("b", NpyArray.of(Shape.of(1), 2));
    byte[] twice = replaced(Npz.bytes(ab, Npz.Packing.STORED), "b.npy", "a.npy");
    files.put("the same name twice", twice);
    files.put("text for an array", zip("x.npy", "hello".getBytes(StandardCharsets.UTF_8), ""));
    Mutations reader = Mutations.of("npz", f -> npz(f).arrays()).unpacking(1200);
    return files.entrySet().stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = reader.refusal(f.getValue());
                      assertTrue(e.getMessage().startsWith("x.npz"), e.getMessage());
                      assertTrue(e.getMessage().contains(", at "), e.getMessage());
                    }));
  }

  @Test
  @Tag("hostile")
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] stored = Npz.bytes(arrays(), Npz.Packing.STORED);
    byte[] deflated = Npz.bytes(arrays(), Npz.Packing.DEFLATED);
    byte[] wide = zip64(Npy.bytes(NpyArray.of(Shape.of(1), 5)), 0);
    String[] tokens = {"PK\1\2", "PK\3\4", "PK\5\6", "PK\6\6", "PK\6\7", "PK\7\10", ".npy", "../"};
    Mutations.of("npz", f -> npz(f).arrays())
        .unpacking(1200)
        .everyPrefix(stored)
        .everyPrefix(deflated)
        .everyBitFlip(stored)
        .everyBitFlip(deflated)
        .everyBitFlip(wide)
        .random(new byte[][] {stored, deflated, wide}, tokens)
        .report();
  }

  @Test
  void aFolderIsNoArchive(@TempDir Path folder) {
    assertThrows(IOException.class, () -> Npz.open(folder));
    assertTrue(Files.isDirectory(folder));
  }

  private static byte[] number(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    int width = value >>> 16 == 0 && value < 1 << 8 ? 1 : 4;
    ByteBuffer b = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    if (width == 1) {
      b.put(at, (byte) value);
    } else {
      b.putInt(at, value);
    }
    return copy;
  }

  private static byte[] renamed(byte[] file, String name) {
    return replaced(file, "x.npy", name);
  }

  private static byte[] replaced(byte[] file, String from, String to) {
    byte[] copy = file;
    byte[] with = to.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at + from.length() <= file.length; at++) {
      byte[] here = Arrays.copyOfRange(file, at, at + from.length());
      if (Arrays.equals(here, from.getBytes(StandardCharsets.ISO_8859_1))) {
        copy = Mutations.spliced(copy, at, with.length, with);
      }
    }
    return copy;
  }

  /** Lets the first entry's data reach into the second: sizes changed in both headers. */
  private static byte[] overlapping(byte[] two) {
    int central = find(two, "PK\1\2");
    byte[] copy = two;
    for (int at : new int[] {18, 22, central + 20, central + 24}) {
      copy = number(copy, at, 300);
    }
    return copy;
  }

  private static int find(byte[] file, String what) {
    return new String(file, StandardCharsets.ISO_8859_1).indexOf(what);
  }
}
