package dev.bagel.nn.data;

import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One entry for all data sets: a name, or a path whose content says what it is. */
public final class Datasets {
  private static final String SUPPORTED =
      "supported: fashion-mnist, fashion-mnist-full, a folder of IDX files"
          + " (train-images-idx3-ubyte …), CIFAR's binary version (a .bin file or its folder),"
          + " an .npz with x and y";
  private static final int SHOWN = 5;

  private Datasets() {}

  /**
   * Opens a data set.
   *
   * <pre>
   *   fashion-mnist         7,000 images out of the jar
   *   fashion-mnist-full    70,000 images, if the operating system has them installed
   *   FOLDER                the four IDX files of MNIST and its relatives, or CIFAR's .bin files
   *   FILE.bin              CIFAR records; 10 or 100 classes according to the file's length
   *   FILE.npz              arrays x and y, x_test and y_test, or images and labels
   * </pre>
   *
   * @param split which part; a file with one part only is that part
   * @throws FormatException if there is nothing, or nothing known, at {@code where}
   */
  public static Dataset open(String where, Split split) throws IOException {
    return switch (where) {
      case "fashion-mnist" -> FashionMnist.embedded(split);
      case "fashion-mnist-full" -> FashionMnist.full(split);
      default -> open(path(where), split);
    };
  }

  private static Dataset open(Path where, Split split) throws IOException {
    if (Files.isDirectory(where)) {
      return folder(where, split);
    }
    String name = where.toString();
    if (!Files.isRegularFile(where)) {
      throw unknown(name, "no such file, folder or name");
    }
    if (name.endsWith(".npz")) {
      return Tensors.read(where, split);
    }
    if (name.endsWith(".bin")) {
      long bytes = Files.size(where);
      boolean hundred =
          bytes % CifarBinary.TEN.record() != 0 && bytes % CifarBinary.HUNDRED.record() == 0;
      return (hundred ? CifarBinary.HUNDRED : CifarBinary.TEN).read(where, split);
    }
    throw unknown(name, "a file of " + Files.size(where) + " bytes that is neither .npz nor .bin");
  }

  private static Dataset folder(Path folder, Split split) throws IOException {
    if (Idx.isIn(folder)) {
      return Idx.folder(folder, split, names(folder));
    }
    for (CifarBinary kind : CifarBinary.values()) {
      if (kind.isIn(folder)) {
        return kind.read(folder, split);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> seen =
          files.map(p -> String.valueOf(p.getFileName())).sorted().collect(Collectors.toList());
      String more = seen.size() > SHOWN ? " and " + (seen.size() - SHOWN) + " more" : "";
      throw unknown(
          folder.toString(),
          "a folder with "
              + (seen.isEmpty()
                  ? "nothing in it"
                  : String.join(", ", seen.subList(0, Math.min(SHOWN, seen.size()))) + more));
    }
  }

  // The files of Fashion-MNIST have the names of MNIST's; only the folder tells them apart.
  private static List<String> names(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    boolean fashion = name != null && name.toString().contains("fashion");
    return fashion ? FashionMnist.CLASS_NAMES : Labels.numbered(10);
  }

  private static Path path(String where) throws FormatException {
    try {
      return Path.of(where);
    } catch (InvalidPathException e) {
      throw unknown(where, "neither a name nor a path").because(e);
    }
  }

  private static FormatException unknown(String where, String seen) {
    return FormatException.of(where, "the data set's name", seen, SUPPORTED);
  }
}
