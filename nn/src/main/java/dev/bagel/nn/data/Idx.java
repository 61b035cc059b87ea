package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * IDX, the format of MNIST and its relatives: a shape, then bytes.
 *
 * <pre>
 *   00 00 08 rank │ rank axis lengths, 4 bytes each, big-endian │ the bytes, last axis fastest
 * </pre>
 *
 * <p>Format: LeCun, Cortes and Burges, "The MNIST database of handwritten digits". A file that
 * begins like gzip is unpacked. Of the element types only 08, unsigned byte, is read: no data set
 * is known that uses another.
 *
 * @param shape [N] for labels, [N, H, W] for images
 * @param data one byte per element
 */
public record Idx(Shape shape, byte[] data) {
  private static final int MOST_AXES = 8;
  private static final int MOST_PER_BYTE = 1032; // what gzip can reach

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not one whole IDX file of bytes; for a truncated one with the
   *     number of bytes that were expected and that are there
   */
  public static Idx read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, Files.size(file), file.toString());
    }
  }

  /**
   * Reads from a stream, to its end.
   *
   * @param bytes how many bytes the stream has, packed if it is packed
   */
  static Idx read(InputStream raw, long bytes, String source) throws IOException {
    PushbackInputStream peek = new PushbackInputStream(new BufferedInputStream(raw, 1 << 16), 2);
    byte[] two = peek.readNBytes(2);
    peek.unread(two);
    boolean gzip = two.length == 2 && (two[0] & 255) == 0x1f && (two[1] & 255) == 0x8b;
    if (!gzip) {
      return unpacked(peek, bytes, source);
    }
    try (InputStream in = new GZIPInputStream(peek, 1 << 16)) {
      return unpacked(in, MOST_PER_BYTE * bytes, source);
    } catch (EOFException e) {
      throw FormatException.of(
              source, "its end", "the gzip stream was cut off", "download the file again")
          .because(e);
    } catch (ZipException e) {
      throw FormatException.of(
              source, "its gzip stream", "broken: " + e.getMessage(), "download the file again")
          .because(e);
    }
  }

  private static Idx unpacked(InputStream in, long most, String source) throws IOException {
    Shape shape = shape(in, source);
    int header = 4 + 4 * shape.rank();
    long missing = header + (long) shape.size() - most;
    if (missing > 0) {
      throw cutOff(source, most, header + (long) shape.size());
    }
    HeapLimit.check(shape.size(), source);
    byte[] data = in.readNBytes(shape.size()); // grows with what comes, not with what was claimed
    if (data.length < shape.size()) {
      throw cutOff(source, header + (long) data.length, header + (long) shape.size());
    }
    if (in.read() >= 0) {
      throw FormatException.at(
          source,
          header + (long) data.length,
          "bytes after the " + shape + " that the header promises",
          "download the file again");
    }
    return new Idx(shape, data);
  }

  private static FormatException cutOff(String source, long there, long expected) {
    return FormatException.at(
        source,
        there,
        "the file was cut off: " + expected + " bytes expected, at most " + there + " there",
        "download it again");
  }

  private static Shape shape(InputStream in, String source) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4
        || magic[0] != 0
        || magic[1] != 0
        || magic[3] < 1
        || magic[3] > MOST_AXES) {
      throw FormatException.at(
          source, 0, "no IDX magic (00 00 08 rank)", "this is no IDX file, or it was cut off");
    }
    if (magic[2] != 8) {
      throw FormatException.at(
          source,
          2,
          "elements of IDX type " + Integer.toHexString(magic[2] & 255),
          "unsigned bytes (8) are read");
    }
    int[] dims = new int[magic[3]];
    byte[] lengths = in.readNBytes(4 * dims.length);
    if (lengths.length < 4 * dims.length) {
      throw FormatException.at(
          source, 4 + lengths.length, "the file ends in its header", "download it again");
    }
    ByteBuffer.wrap(lengths).asIntBuffer().get(dims);
    try {
      return Shape.of(dims);
    } catch (ShapeException e) {
      throw FormatException.at(
              source, 4, e.getMessage(), "the header is damaged; download it again")
          .because(e);
    }
  }

  /**
   * The data set of two files.
   *
   * @param images [N, H, W] for one channel, or [N, C, H, W]
   * @param labels [N]
   * @throws FormatException if they do not fit each other, or a label names no class
   */
  public static Dataset pair(String name, Path images, Path labels, List<String> classNames)
      throws IOException {
    return pair(name, read(images), read(labels), images + " and " + labels, classNames);
  }

  static Dataset pair(String name, Idx images, Idx labels, String source, List<String> classNames)
      throws FormatException {
    Shape s = images.shape();
    if (s.rank() < 3 || s.rank() > 4 || labels.shape().rank() != 1) {
      throw FormatException.of(
          source,
          "their shapes",
          "images " + s + " and labels " + labels.shape(),
          "[N, H, W] or [N, C, H, W], and [N], are read");
    }
    if (s.dim(0) != labels.shape().dim(0)) {
      throw FormatException.of(
          source,
          "their shapes",
          s.dim(0) + " images and " + labels.shape().dim(0) + " labels",
          "take both from the same download");
    }
    Shape example = s.rank() == 4 ? s.sub(1, 4) : Shape.of(1, s.dim(1), s.dim(2));
    int[] y = new int[s.dim(0)];
    for (int i = 0; i < y.length; i++) {
      y[i] = labels.data[i] & 255;
    }
    Labels.check(y, classNames.size(), source);
    return new ImageBytes(name, example, images.data, y, classNames);
  }

  /**
   * The data set in a folder of the four files that MNIST made canonical: {@code
   * train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code t10k-images-idx3-ubyte},
   * {@code t10k-labels-idx1-ubyte}; a dot for the dash before {@code idx}, and {@code .gz}, are
   * fine. Only the two files of {@code split} need be there.
   */
  public static Dataset folder(Path folder, Split split, List<String> classNames)
      throws IOException {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return pair(
        name == null ? "idx" : name.toString(),
        find(folder, split, "images", 3),
        find(folder, split, "labels", 1),
        classNames);
  }

  /** Whether a folder has a file that {@link #folder} would look for. */
  static boolean isIn(Path folder) {
    return Arrays.stream(Split.values())
        .flatMap(split -> candidates(folder, split, "images", 3).stream())
        .anyMatch(Files::isRegularFile);
  }

  private static Path find(Path folder, Split split, String what, int rank) throws FormatException {
    List<Path> candidates = candidates(folder, split, what, rank);
    for (Path p : candidates) {
      if (Files.isRegularFile(p)) {
        return p;
      }
    }
    throw FormatException.of(
        folder.toString(),
        "its files",
        "no " + candidates.get(0).getFileName(),
        "put it there, plain or as .gz");
  }

  private static List<Path> candidates(Path folder, Split split, String what, int rank) {
    String part = split == Split.TRAIN ? "train-" : "t10k-";
    List<Path> paths = new ArrayList<>();
    for (String dash : new String[] {"-", "."}) {
      for (String end : new String[] {"", ".gz"}) {
        paths.add(folder.resolve(part + what + dash + "idx" + rank + "-ubyte" + end));
      }
    }
    return paths;
  }
}
