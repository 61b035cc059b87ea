package dev.bagel.tensor.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * NumPy's file of one array.
 *
 * <p>Read: versions 1.0 to 3.0; {@code f2 f4 f8}, {@code i1 … i8}, {@code u1 … u8} and {@code b1};
 * both byte orders; C and Fortran order (an array comes back in row-major order either way). The
 * file must end where the array ends. Written: version 1.0, little-endian, C order, byte for byte
 * what {@code numpy.save} writes; {@code f2} widens to {@code f4}, and integers other than {@code
 * u1 b1} to {@code i4} or {@code i8}.
 *
 * <p>Format: NEP 1, "A Simple File Format for NumPy Arrays". Pickled objects are never read.
 */
public final class Npy {
  private static final int CHUNK = 1 << 16;

  private Npy() {}

  /**
   * The array in a file.
   *
   * @throws FormatException if the file is not one whole array of numbers
   */
  public static NpyArray read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), CHUNK)) {
      return read(in, channel.size(), file.toString());
    }
  }

  /**
   * The array in {@code bytes}; errors name it {@code source}.
   *
   * @throws FormatException if the bytes are not one whole array of numbers
   */
  public static NpyArray read(byte[] bytes, String source) throws FormatException {
    try {
      return read(new ByteArrayInputStream(bytes), bytes.length, source);
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory does not fail", e);
    }
  }

  /** Writes {@code array} to {@code file}, whole or not at all. */
  public static void write(Path file, NpyArray array) throws IOException {
    AtomicFile.write(file, out -> write(out, array));
  }

  /** The content of a file with {@code array} in it. */
  public static byte[] bytes(NpyArray array) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out, array);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  /**
   * The array that {@code in} holds and then ends.
   *
   * @param bytes how many bytes {@code in} really has
   */
  static NpyArray read(InputStream in, long bytes, String source) throws IOException {
    NpyHeader header = NpyHeader.read(in, source);
    Dtype type = header.dtype();
    int size = header.shape().size();
    long declared = (long) size * type.width();
    long there = bytes - header.bytes();
    if (declared != there) {
      throw FormatException.at(
          source,
          header.bytes(),
          there
              + " bytes of data, and "
              + type.letters()
              + " "
              + header.shape()
              + " needs "
              + declared,
          there < declared ? "the file was cut off; copy it again" : "save one array per file");
    }
    HeapLimit.check((long) size * Values.width(type), source);
    Values values = Values.zeros(type, size);
    fill(values, header, in, source);
    if (in.read() >= 0) {
      throw FormatException.at(source, bytes, "bytes after the array", "save one array per file");
    }
    if (type == Dtype.U8) {
      refuseBeyondLong(values, header, source);
    }
    if (header.fortran() && header.shape().rank() > 1) {
      values = values.inOrder(new FortranOrder(header.shape()));
    }
    return new NpyArray(header.shape(), type, values);
  }

  private static void fill(Values values, NpyHeader header, InputStream in, String source)
      throws IOException {
    int width = header.dtype().width();
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(header.order());
    for (int done = 0; done < values.size(); ) {
      int count = Math.min(CHUNK / width, values.size() - done);
      int got = in.readNBytes(chunk, 0, count * width);
      if (got < count * width) {
        throw FormatException.at(
            source,
            header.bytes() + (long) done * width + got,
            "the data end early",
            "copy the file again");
      }
      values.read(header.dtype(), buffer.clear().limit(got), done, count);
      done += count;
    }
  }

  private static void refuseBeyondLong(Values values, NpyHeader header, String source)
      throws FormatException {
    for (int i = 0; i < values.size(); i++) {
      if (values.integer(i) < 0) {
        throw FormatException.at(
            source,
            header.bytes() + 8L * i,
            "the unsigned value " + Long.toUnsignedString(values.integer(i)),
            "values below 2^63 are read; save as f8");
      }
    }
  }

  /** Appends {@code array} to {@code out}. */
  static void write(OutputStream out, NpyArray array) throws IOException {
    Dtype type = written(array);
    out.write(NpyHeader.bytes(type, array.shape()));
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    Values values = array.values();
    for (int done = 0; done < values.size(); ) {
      int count = Math.min(CHUNK / type.width(), values.size() - done);
      values.write(buffer.clear(), done, count);
      out.write(chunk, 0, count * type.width());
      done += count;
    }
  }

  /** How many bytes {@link #write(OutputStream, NpyArray)} appends. */
  static long length(NpyArray array) {
    Dtype type = written(array);
    return NpyHeader.bytes(type, array.shape()).length + (long) array.shape().size() * type.width();
  }

  private static Dtype written(NpyArray array) {
    return switch (array.dtype()) {
      case F2, BF16, F4 -> Dtype.F4;
      case F8 -> Dtype.F8;
      case I1, I2, U2, I4 -> Dtype.I4;
      case U4, I8, U8 -> Dtype.I8;
      case U1 -> Dtype.U1;
      case B1 -> Dtype.B1;
    };
  }
}
