package dev.bagel.nn.data;

import dev.bagel.tensor.io.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST: 28 × 28 grey pictures of clothes in ten classes, as hard to tell apart as digits
 * were once thought to be.
 *
 * <p>Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
 * Learning Algorithms", arXiv:1708.07747; MIT licence, © Zalando SE. The first 6,000 training and
 * the first 1,000 test images are in this jar.
 */
public final class FashionMnist {
  /** The ten classes. */
  public static final List<String> CLASS_NAMES =
      List.of(
          "T-shirt/top",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  /** Where Debian's package {@code dataset-fashion-mnist} puts the four files. */
  public static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

  /** Where its authors publish it. */
  public static final String ADDRESS =
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

  private static final List<Download.Item> PUBLISHED =
      List.of(
          new Download.Item(
              "train-images-idx3-ubyte.gz",
              26_421_880,
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
          new Download.Item(
              "train-labels-idx1-ubyte.gz",
              29_515,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
          new Download.Item(
              "t10k-images-idx3-ubyte.gz",
              4_422_102,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
          new Download.Item(
              "t10k-labels-idx1-ubyte.gz",
              5_148,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));

  private FashionMnist() {}

  /**
   * The four files as their authors publish them.
   *
   * @param base {@link #ADDRESS} or that of a mirror
   */
  public static Download download(String base) {
    return new Download(base, PUBLISHED);
  }

  /** The first 6,000 training or 1,000 test images, out of the jar. */
  public static Dataset embedded(Split split) {
    String part = split == Split.TRAIN ? "train" : "t10k";
    try {
      Idx images = resource(part + "-images-idx3-ubyte.gz");
      Idx labels = resource(part + "-labels-idx1-ubyte.gz");
      return Idx.pair("fashion-mnist", images, labels, "fashion-mnist in the jar", CLASS_NAMES);
    } catch (IOException e) { // the jar is broken: nothing that a caller could mend
      throw new UncheckedIOException(e);
    }
  }

  /** All 60,000 training or 10,000 test images, as the operating system's package installs them. */
  public static Dataset full(Split split) throws IOException {
    if (!Idx.isIn(INSTALLED)) {
      throw FormatException.of(
          "fashion-mnist-full",
          INSTALLED.toString(),
          "the files are not installed",
          "install Debian's package dataset-fashion-mnist, or give the folder of the four files");
    }
    return full(INSTALLED, split);
  }

  /** All images, out of a folder of the four files. */
  public static Dataset full(Path folder, Split split) throws IOException {
    return Idx.folder(folder, split, CLASS_NAMES);
  }

  private static Idx resource(String name) throws IOException {
    try (InputStream in = FashionMnist.class.getResourceAsStream("fashion-mnist/" + name)) {
      if (in == null) {
        throw FormatException.of(
            "fashion-mnist", name, "missing in the jar", "use the jar as it was published");
      }
      byte[] packed = in.readAllBytes();
      return Idx.read(new ByteArrayInputStream(packed), packed.length, name);
    }
  }
}
