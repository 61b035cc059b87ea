package dev.bagel.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The unpacked bytes of one ZIP entry: never more than the directory promised, and at the end the
 * length, the packed length and the CRC-32 are what it promised.
 */
final class ZipEntryStream extends InputStream {
  private final SeekableByteChannel file;
  private final ZipDirectory.Entry entry;
  private final String source;
  private final Inflater inflater; // null for a stored entry
  private final ByteBuffer packed = ByteBuffer.allocate(1 << 15).limit(0);
  private final CRC32 crc = new CRC32();
  private long left; // packed bytes not yet taken from the file
  private long produced;
  private boolean ended;

  ZipEntryStream(SeekableByteChannel file, ZipDirectory.Entry entry, String source)
      throws IOException {
    this.file = file;
    this.entry = entry;
    this.source = source;
    this.left = entry.packed();
    this.inflater = entry.deflated() ? new Inflater(true) : null;
    file.position(entry.dataAt());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (ended) {
      return -1;
    }
    int n = inflater == null ? stored(to, offset, length) : inflated(to, offset, length);
    if (n < 0) {
      ended = true;
      checkEnd();
      return -1;
    }
    crc.update(to, offset, n);
    produced += n;
    if (produced > entry.size()) {
      throw wrong("more than the " + entry.size() + " bytes that the directory promises");
    }
    return n;
  }

  private int stored(byte[] to, int offset, int length) throws IOException {
    if (!packed.hasRemaining() && !refill()) {
      return -1;
    }
    int n = Math.min(length, packed.remaining());
    packed.get(to, offset, n);
    return n;
  }

  private int inflated(byte[] to, int offset, int length) throws IOException {
    try {
      while (!inflater.finished()) {
        int n = inflater.inflate(to, offset, length);
        if (n > 0) {
          return n;
        }
        if (inflater.needsDictionary()) {
          throw wrong("a preset dictionary");
        }
        if (inflater.needsInput()) {
          if (!refill()) {
            throw wrong("a deflated stream that does not end");
          }
          inflater.setInput(packed);
        }
      }
      return -1;
    } catch (DataFormatException e) {
      throw wrong("a broken deflated stream").because(e);
    }
  }

  private boolean refill() throws IOException {
    if (left == 0) {
      return false;
    }
    packed.clear().limit((int) Math.min(packed.capacity(), left));
    int n = file.read(packed);
    if (n <= 0) {
      throw wrong("the file ends early");
    }
    packed.flip();
    left -= n;
    return true;
  }

  private void checkEnd() throws FormatException {
    if (produced != entry.size() || left != 0 || packed.hasRemaining()) {
      throw wrong(produced + " bytes where the directory promises " + entry.size());
    }
    if (crc.getValue() != entry.crc()) {
      throw wrong("a wrong CRC-32");
    }
  }

  private FormatException wrong(String what) {
    return FormatException.of(
        source, "entry " + entry.name(), what, "the archive is damaged; copy it again");
  }

  @Override
  public void close() {
    if (inflater != null) {
      inflater.end();
    }
  }
}
