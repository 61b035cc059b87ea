package dev.bagel.nn.data;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CIFAR's binary version: records of one or two labels and 3 × 32 × 32 bytes.
 *
 * <pre>
 *   CIFAR-10    label │ red 1024, green 1024, blue 1024          3,073 bytes
 *   CIFAR-100   coarse label, fine label │ the same              3,074 bytes; the fine one counts
 * </pre>
 *
 * <p>Format: Krizhevsky, "The CIFAR-10 and CIFAR-100 datasets".
 */
public enum CifarBinary {
  /** Ten classes. */
  TEN(1, 10),
  /** A hundred fine classes in twenty coarse ones. */
  HUNDRED(2, 100);

  private static final Shape EXAMPLE = Shape.of(3, 32, 32);
  private static final int COARSE = 20;
  private static final List<String> TEN_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final List<String> TEN_TRAIN =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");

  private final int labelBytes;
  private final int classes;

  CifarBinary(int labelBytes, int classes) {
    this.labelBytes = labelBytes;
    this.classes = classes;
  }

  /** Bytes per record. */
  public int record() {
    return labelBytes + EXAMPLE.size();
  }

  /**
   * The data set in a file of records, or in a folder of such files: {@code data_batch_1.bin} to
   * {@code data_batch_5.bin} (those that are there) and {@code test_batch.bin}, or {@code
   * train.bin} and {@code test.bin}.
   *
   * @param split which files of a folder; a file is read whole
   * @throws FormatException if a file is not a whole number of records, or a label names no class
   */
  public Dataset read(Path where, Split split) throws IOException {
    List<Path> files = Files.isDirectory(where) ? files(where, split) : List.of(where);
    if (files.isEmpty()) {
      throw FormatException.of(
          where.toString(),
          "its files",
          "no " + names(split).get(0),
          "unpack the binary version of CIFAR there");
    }
    int[] counts = new int[files.size()];
    long total = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] = records(Files.size(files.get(i)), files.get(i).toString());
      total += counts[i];
    }
    String source = where.toString();
    if (total * EXAMPLE.size() > Integer.MAX_VALUE - 8) {
      throw FormatException.of(
          source, "its size", total + " examples", "split it into smaller files");
    }
    HeapLimit.check(total * EXAMPLE.size(), source);
    byte[] pixels = new byte[(int) total * EXAMPLE.size()];
    int[] labels = new int[(int) total];
    int done = 0;
    for (int i = 0; i < counts.length; i++) {
      Path file = files.get(i);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
        fill(in, counts[i], file.toString(), pixels, labels, done);
      }
      done += counts[i];
    }
    Path name = where.toAbsolutePath().normalize().getFileName();
    return new ImageBytes(
        name == null ? "cifar" : name.toString(), EXAMPLE, pixels, labels, classNames());
  }

  private List<String> classNames() {
    return this == TEN ? TEN_NAMES : Labels.numbered(classes);
  }

  /** The data set in {@code bytes}; errors name it {@code source}. */
  Dataset read(byte[] bytes, String source) throws IOException {
    int n = records(bytes.length, source);
    byte[] pixels = new byte[n * EXAMPLE.size()];
    int[] labels = new int[n];
    fill(new ByteArrayInputStream(bytes), n, source, pixels, labels, 0);
    return new ImageBytes(source, EXAMPLE, pixels, labels, classNames());
  }

  /** Whether a folder has a file that {@link #read} would look for. */
  boolean isIn(Path folder) {
    return !files(folder, Split.TRAIN).isEmpty() || !files(folder, Split.TEST).isEmpty();
  }

  private List<String> names(Split split) {
    if (this == TEN) {
      return split == Split.TRAIN ? TEN_TRAIN : List.of("test_batch.bin");
    }
    return List.of(split == Split.TRAIN ? "train.bin" : "test.bin");
  }

  private List<Path> files(Path folder, Split split) {
    List<Path> found = new ArrayList<>();
    for (String name : names(split)) {
      if (Files.isRegularFile(folder.resolve(name))) {
        found.add(folder.resolve(name));
      }
    }
    return found;
  }

  private int records(long bytes, String source) throws FormatException {
    if (bytes == 0 || bytes % record() != 0) {
      throw FormatException.at(
          source,
          bytes - bytes % record(),
          bytes + " bytes, not a whole number of records of " + record(),
          "this is not the binary version of CIFAR-" + classes + ", or it was cut off");
    }
    return (int) Math.min(bytes / record(), Integer.MAX_VALUE); // far more than is accepted
  }

  /** Reads {@code count} records to index {@code from} on. */
  private void fill(InputStream in, int count, String source, byte[] pixels, int[] labels, int from)
      throws IOException {
    int width = EXAMPLE.size();
    for (int i = 0; i < count; i++) {
      long at = (long) i * record();
      byte[] header = in.readNBytes(labelBytes);
      int got = in.readNBytes(pixels, (from + i) * width, width);
      if (header.length < labelBytes || got < width) {
        throw FormatException.at(
            source, at, "the file became shorter while it was read", "read it again");
      }
      int label = header[labelBytes - 1] & 255;
      if (label >= classes || (labelBytes == 2 && (header[0] & 255) >= COARSE)) {
        throw FormatException.at(
            source,
            at,
            "record " + i + " has the labels " + Arrays.toString(header),
            "labels go from 0 to " + (classes - 1) + "; is this the binary version?");
      }
      labels[from + i] = label;
    }
  }
}
