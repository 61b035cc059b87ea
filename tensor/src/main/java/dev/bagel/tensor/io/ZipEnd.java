package dev.bagel.tensor.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;

/**
 * The end of a ZIP file, which says where its directory is: APPNOTE 6.3.10, sections 4.3.14 to
 * 4.3.16.
 *
 * @param entries how many entries the directory has
 * @param from the first byte of the directory
 * @param to the byte after it, where the end records begin
 */
record ZipEnd(long entries, long from, long to) {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int END_BYTES = 22;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_BYTES = 20;

  /** Finds the end record: the one whose comment reaches exactly to the end of the file. */
  static ZipEnd read(SeekableByteChannel file, String source) throws IOException {
    long size = file.size();
    int tail = (int) Math.min(size, END_BYTES + 0xFFFF);
    ByteBuffer bytes = at(file, size - tail, tail, source);
    for (int i = tail - END_BYTES; i >= 0; i--) {
      if (bytes.getInt(i) == END && i + END_BYTES + u2(bytes, i + 20) == tail) {
        return read(
            file,
            bytes.slice(i, END_BYTES).order(ByteOrder.LITTLE_ENDIAN),
            size - tail + i,
            source);
      }
    }
    throw FormatException.at(
        source, size, "no ZIP directory", "this is no .npz file, or it was cut off; copy it again");
  }

  private static ZipEnd read(SeekableByteChannel file, ByteBuffer end, long endAt, String source)
      throws IOException {
    long entries = u2(end, 10);
    long length = u4(end, 12);
    long from = u4(end, 16);
    long to = endAt;
    boolean oneDisk = u2(end, 4) == 0 && u2(end, 6) == 0 && u2(end, 8) == entries;
    if (entries == 0xFFFF || length == 0xFFFFFFFFL || from == 0xFFFFFFFFL) {
      to = end64(file, endAt, source);
      ByteBuffer wide = at(file, to, END_64_BYTES, source);
      oneDisk =
          wide.getInt(16) == 0 && wide.getInt(20) == 0 && wide.getLong(24) == wide.getLong(32);
      entries = wide.getLong(32);
      length = wide.getLong(40);
      from = wide.getLong(48);
    }
    if (!oneDisk) {
      throw FormatException.at(source, endAt, "an archive over several files", "join them first");
    }
    if (from < 0 || length < 0 || from > to || length != to - from) {
      throw FormatException.at(
          source,
          endAt,
          "a directory of "
              + length
              + " bytes from byte "
              + from
              + " that should end at byte "
              + to,
          "the file was changed or cut off; copy it again");
    }
    return new ZipEnd(entries, from, to);
  }

  private static long end64(SeekableByteChannel file, long endAt, String source)
      throws IOException {
    long locatorAt = endAt - LOCATOR_BYTES;
    if (locatorAt >= END_64_BYTES) {
      ByteBuffer locator = at(file, locatorAt, LOCATOR_BYTES, source);
      long at = locator.getLong(8);
      if (locator.getInt(0) == LOCATOR_64
          && at == locatorAt - END_64_BYTES
          && at(file, at, 4, source).getInt(0) == END_64) {
        return at;
      }
    }
    throw FormatException.at(
        source, endAt, "ZIP64 sizes without a ZIP64 end record", "copy the file again");
  }

  /** {@code count} bytes from {@code position} on, little-endian. */
  static ByteBuffer at(SeekableByteChannel file, long position, int count, String source)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    file.position(position);
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw FormatException.at(
            source, position + bytes.position(), "the file ends early", "copy the file again");
      }
    }
    return bytes.flip();
  }

  static int u2(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  static long u4(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }
}
