package dev.bagel.tensor.io;

import static dev.bagel.tensor.io.ZipEnd.u2;
import static dev.bagel.tensor.io.ZipEnd.u4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a ZIP file, after every offset and length was compared with the file.
 *
 * <p>Refused: more than {@value #MOST_ENTRIES} entries, encrypted ones, methods other than stored
 * and deflated, a name twice, entries that overlap each other or the directory (Fifield 2019, "A
 * better zip bomb"), sizes that no deflated stream can have, and local headers that disagree with
 * the directory. Format: APPNOTE 6.3.10.
 */
final class ZipDirectory {
  static final int MOST_ENTRIES = 10_000;

  private static final int MOST_BYTES = 1 << 24;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int DESCRIPTOR = 0x08074b50;
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
  private static final int HAS_DESCRIPTOR = 1 << 3;
  private static final int MOST_PER_BYTE = 1032; // what deflate can reach (zlib's documentation)

  /**
   * One entry.
   *
   * @param packed its bytes in the file
   * @param size its bytes when unpacked
   * @param localAt where its local header begins
   * @param dataAt where its bytes begin; −1 until the local header was read
   */
  record Entry(
      String name,
      int flags,
      int method,
      long crc,
      long packed,
      long size,
      long localAt,
      long dataAt) {
    boolean deflated() {
      return method == 8;
    }

    Entry withDataAt(long at) {
      return new Entry(name, flags, method, crc, packed, size, localAt, at);
    }
  }

  private final SeekableByteChannel file;
  private final String source;

  private ZipDirectory(SeekableByteChannel file, String source) {
    this.file = file;
    this.source = source;
  }

  /** The entries of {@code file} by name, in the order of its directory. */
  static Map<String, Entry> read(SeekableByteChannel file, String source) throws IOException {
    return new ZipDirectory(file, source).entries();
  }

  private Map<String, Entry> entries() throws IOException {
    ZipEnd end = ZipEnd.read(file, source);
    long length = end.to() - end.from();
    if (Long.compareUnsigned(end.entries(), MOST_ENTRIES) > 0 || length > MOST_BYTES) {
      throw FormatException.at(
          source,
          end.from(),
          "a directory of "
              + Long.toUnsignedString(end.entries())
              + " entries in "
              + length
              + " bytes",
          "at most " + MOST_ENTRIES + " entries are read");
    }
    ByteBuffer directory = ZipEnd.at(file, end.from(), (int) length, source);
    List<Entry> found = new ArrayList<>();
    while (found.size() < end.entries()) {
      found.add(central(directory, end));
    }
    if (directory.hasRemaining()) {
      throw wrong(end.from() + directory.position(), "bytes after the last directory entry");
    }
    return byName(located(found, end));
  }

  /** The next entry of the directory. */
  private Entry central(ByteBuffer directory, ZipEnd end) throws FormatException {
    long here = end.from() + directory.position();
    if (directory.remaining() < CENTRAL_BYTES
        || directory.getInt(directory.position()) != CENTRAL) {
      throw wrong(here, "no directory entry");
    }
    ByteBuffer fixed = part(directory, CENTRAL_BYTES, here);
    ByteBuffer nameBytes = part(directory, u2(fixed, 28), here);
    ByteBuffer extra = part(directory, u2(fixed, 30), here);
    part(directory, u2(fixed, 32), here); // a comment
    String name = name(nameBytes, here);
    ByteBuffer wide = wide(extra, here);
    long size = wide(u4(fixed, 24), wide, here);
    long packed = wide(u4(fixed, 20), wide, here);
    long localAt = wide(u4(fixed, 42), wide, here);
    Entry e =
        new Entry(name, u2(fixed, 8), u2(fixed, 10), u4(fixed, 16), packed, size, localAt, -1);
    check(e, end, here);
    return e;
  }

  private void check(Entry e, ZipEnd end, long here) throws FormatException {
    if ((e.flags() & ENCRYPTED) != 0) {
      throw FormatException.at(
          source, here, "entry " + e.name() + " is encrypted", "write it without a password");
    }
    if (e.method() != 0 && e.method() != 8) {
      throw FormatException.at(
          source,
          here,
          "entry " + e.name() + " is packed by method " + e.method(),
          "stored (0) and deflated (8) entries are read");
    }
    boolean possible =
        e.packed() >= 0
            && e.size() >= 0
            && e.localAt() >= 0
            && e.packed() <= end.from()
            && (e.deflated() ? e.size() / MOST_PER_BYTE <= e.packed() : e.size() == e.packed());
    if (!possible) {
      throw wrong(
          here,
          "entry " + e.name() + " claims " + e.size() + " bytes in " + e.packed() + " packed ones");
    }
  }

  /** The entries with the places of their data, none of which overlaps anything. */
  private List<Entry> located(List<Entry> entries, ZipEnd end) throws IOException {
    List<Entry> byPlace = new ArrayList<>(entries);
    byPlace.sort(Comparator.comparingLong(Entry::localAt));
    Map<String, Entry> located = new LinkedHashMap<>();
    long free = 0;
    for (int i = 0; i < byPlace.size(); i++) {
      Entry e = byPlace.get(i);
      long limit = i + 1 < byPlace.size() ? byPlace.get(i + 1).localAt() : end.from();
      if (e.localAt() < free || limit < e.localAt() + LOCAL_BYTES || limit > end.from()) {
        throw wrong(e.localAt(), "entry " + e.name() + " overlaps another or the directory");
      }
      Entry whole = e.withDataAt(dataAt(e, limit));
      free = whole.dataAt() + e.packed();
      if (free > limit) {
        throw wrong(e.localAt(), "entry " + e.name() + " overlaps another or the directory");
      }
      descriptor(whole, limit);
      if (located.put(e.name(), whole) != null) {
        throw wrong(e.localAt(), "the entry " + e.name() + " twice");
      }
    }
    List<Entry> inOrder = new ArrayList<>();
    for (Entry e : entries) {
      inOrder.add(located.get(e.name()));
    }
    return inOrder;
  }

  /** Where the data of {@code e} begin, after its local header was found to agree. */
  private long dataAt(Entry e, long limit) throws IOException {
    ByteBuffer local = ZipEnd.at(file, e.localAt(), LOCAL_BYTES, source);
    int nameBytes = u2(local, 26);
    long data = e.localAt() + LOCAL_BYTES + nameBytes + u2(local, 28);
    if (local.getInt(0) != LOCAL || data > limit) {
      throw wrong(e.localAt(), "no local header for entry " + e.name());
    }
    ByteBuffer name = ZipEnd.at(file, e.localAt() + LOCAL_BYTES, nameBytes, source);
    boolean later = (e.flags() & HAS_DESCRIPTOR) != 0;
    boolean agrees =
        u2(local, 6) == e.flags()
            && u2(local, 8) == e.method()
            && name.equals(ByteBuffer.wrap(e.name().getBytes(StandardCharsets.UTF_8)))
            && agrees(u4(local, 14), e.crc(), later)
            && agrees(u4(local, 18), e.packed(), later)
            && agrees(u4(local, 22), e.size(), later);
    if (!agrees) {
      throw wrong(e.localAt(), "the local header of " + e.name() + " and the directory disagree");
    }
    return data;
  }

  // A writer that did not know a size yet left 0; one that feared a large one left FFFFFFFF
  // (ZIP64).
  private static boolean agrees(long local, long central, boolean later) {
    return local == central || local == 0xFFFFFFFFL || (later && local == 0);
  }

  /** Checks what stands after the data of an entry that was written before its size was known. */
  private void descriptor(Entry e, long limit) throws IOException {
    if ((e.flags() & HAS_DESCRIPTOR) == 0) {
      return;
    }
    long at = e.dataAt() + e.packed();
    ByteBuffer b = ZipEnd.at(file, at, (int) Math.min(24, limit - at), source);
    int skip = b.remaining() >= 4 && b.getInt(0) == DESCRIPTOR ? 4 : 0;
    int left = b.remaining() - skip;
    boolean narrow =
        left >= 12
            && u4(b, skip) == e.crc()
            && u4(b, skip + 4) == e.packed()
            && u4(b, skip + 8) == e.size();
    boolean wide =
        left >= 20
            && u4(b, skip) == e.crc()
            && b.getLong(skip + 4) == e.packed()
            && b.getLong(skip + 12) == e.size();
    if (!narrow && !wide) {
      throw wrong(at, "the data descriptor of " + e.name() + " and the directory disagree");
    }
  }

  private static Map<String, Entry> byName(List<Entry> entries) {
    Map<String, Entry> map = new LinkedHashMap<>();
    for (Entry e : entries) {
      map.put(e.name(), e);
    }
    return map;
  }

  private String name(ByteBuffer bytes, long here) throws FormatException {
    try {
      String name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      String flaw = EntryNames.flaw(name).orElse(null);
      if (flaw != null) {
        throw wrong(here, flaw);
      }
      return name;
    } catch (CharacterCodingException e) {
      throw wrong(here, "an entry name that is not UTF-8").because(e);
    }
  }

  /** The ZIP64 block of an entry's extra fields; empty if there is none. */
  private ByteBuffer wide(ByteBuffer extra, long here) throws FormatException {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      ByteBuffer block = part(extra, Short.toUnsignedInt(extra.getShort()), here);
      if (id == 1) {
        return block;
      }
    }
    return ByteBuffer.allocate(0);
  }

  /** {@code narrow}, or the next number of the ZIP64 block if it says to look there. */
  private long wide(long narrow, ByteBuffer block, long here) throws FormatException {
    if (narrow != 0xFFFFFFFFL) {
      return narrow;
    }
    if (block.remaining() < 8) {
      throw wrong(here, "a ZIP64 size is missing");
    }
    return block.getLong();
  }

  private ByteBuffer part(ByteBuffer from, int count, long here) throws FormatException {
    if (count > from.remaining()) {
      throw wrong(here, "a directory entry longer than the directory");
    }
    ByteBuffer part = from.slice(from.position(), count).order(ByteOrder.LITTLE_ENDIAN);
    from.position(from.position() + count);
    return part;
  }

  private FormatException wrong(long at, String what) {
    return FormatException.at(
        source, at, what, "the archive is damaged or hostile; write it again");
  }
}
