package dev.bagel.adversarial.image;

import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.ImageBytes;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Pictures in files, in a fixed order: one, a folder of them, or a folder with a sub-folder for
 * each class.
 *
 * <p>Classes count from 0 in the order of the sub-folders' names; sub-folders that are all named by
 * numbers have these for labels. Hidden files, files that are no pictures and deeper folders are
 * left alone.
 */
public final class ImageFiles {
  private static final int DIGITS = 6;

  private final Path where;
  private final List<Path> files;
  private final int[] labels;
  private final List<String> classNames;

  private ImageFiles(Path where, List<Path> files, int[] labels, List<String> classNames) {
    this.where = where;
    this.files = files;
    this.labels = labels;
    this.classNames = classNames;
  }

  /** Whether there is a picture at {@code where}, or in it, or in a folder in it. */
  public static boolean isAt(Path where) throws IOException {
    if (!Files.isDirectory(where)) {
      return Files.isRegularFile(where) && ImageFile.isNamed(where);
    }
    if (!pictures(where).isEmpty()) {
      return true;
    }
    for (Path folder : folders(where)) {
      if (!pictures(folder).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The pictures at {@code where}.
   *
   * @throws FormatException if there are pictures and folders of pictures side by side, or none
   */
  public static ImageFiles at(Path where) throws IOException {
    if (!Files.isDirectory(where)) {
      return new ImageFiles(where, List.of(where), null, List.of("unknown"));
    }
    List<Path> here = pictures(where);
    List<Path> classes = folders(where);
    List<Path> files = new ArrayList<>(here);
    List<Integer> labels = new ArrayList<>();
    boolean numbers = classes.stream().allMatch(c -> isNumber(name(c)));
    if (numbers) {
      classes.sort(Comparator.comparingInt(c -> Integer.parseInt(name(c))));
    }
    for (int k = 0; k < classes.size(); k++) {
      for (Path picture : pictures(classes.get(k))) {
        files.add(picture);
        labels.add(numbers ? Integer.parseInt(name(classes.get(k))) : k);
      }
    }
    if (!here.isEmpty() && !labels.isEmpty()) {
      throw FormatException.of(
          where.toString(),
          name(here.get(0)),
          "pictures beside folders of pictures",
          "put each into the folder of its class, or name one folder of pictures");
    }
    if (files.isEmpty()) {
      throw FormatException.of(
          where.toString(), "its files", "no pictures", "PNG, JPEG, GIF and BMP are read");
    }
    if (labels.isEmpty()) {
      return new ImageFiles(where, files, null, List.of("unknown"));
    }
    int[] y = labels.stream().mapToInt(Integer::intValue).toArray();
    return new ImageFiles(where, files, y, numbers ? upTo(y) : names(classes));
  }

  private static List<String> upTo(int[] labels) {
    String[] names = new String[Arrays.stream(labels).max().orElseThrow() + 1];
    Arrays.setAll(names, String::valueOf);
    return List.of(names);
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(ImageFiles::name).toList();
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static boolean isNumber(String name) {
    return name.length() <= DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static List<Path> pictures(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> ImageFile.isNamed(f) && Files.isRegularFile(f)).sorted().toList();
    }
  }

  private static List<Path> folders(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files.filter(f -> Files.isDirectory(f) && !name(f).startsWith(".")).sorted().toList();
      return new ArrayList<>(found);
    }
  }

  /** The number of pictures. */
  public int size() {
    return files.size();
  }

  /** The name of each file. */
  public List<String> names() {
    return names(files);
  }

  /** Whether the folders say which class each picture is of. */
  public boolean isLabelled() {
    return labels != null;
  }

  /** Pictures {@code offset} to {@code offset + count − 1}. */
  public ImageFiles slice(int offset, int count) {
    return new ImageFiles(
        where,
        files.subList(offset, offset + count),
        labels == null ? null : Arrays.copyOfRange(labels, offset, offset + count),
        classNames);
  }

  /** Decodes all pictures, which must have the size of {@code example}, [C, H, W]. */
  public Dataset read(Shape example) throws IOException {
    return read(example, null);
  }

  /**
   * Decodes all pictures.
   *
   * @param example [C, H, W], one or three channels
   * @param resize what makes every picture of this size; null if each must have it
   * @return the pictures from 0 to 1, in order; without labels, all have 0
   * @throws FormatException if a file is no whole picture of this size
   */
  public Dataset read(Shape example, Resize resize) throws IOException {
    String source = where.toString();
    if (example.rank() != 3 || (example.dim(0) != 1 && example.dim(0) != 3)) {
      throw FormatException.of(
          source,
          "its pictures",
          "pictures for a model with inputs " + example,
          "a model for [1, H, W] or [3, H, W] is needed");
    }
    long bytes = (long) files.size() * example.size();
    HeapLimit.check(bytes, source);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw FormatException.of(
          source, "its pictures", files.size() + " pictures", "take fewer of them at a time");
    }
    byte[] pixels = new byte[(int) bytes];
    for (int i = 0; i < files.size(); i++) {
      byte[] one = ImageFile.read(files.get(i), example, resize).values();
      System.arraycopy(one, 0, pixels, i * example.size(), one.length);
    }
    int[] y = labels == null ? new int[files.size()] : labels;
    return new ImageBytes(name(where.toAbsolutePath().normalize()), example, pixels, y, classNames);
  }

  @Override
  public String toString() {
    return where + ": " + size() + " pictures" + (isLabelled() ? "" : " without labels");
  }
}
