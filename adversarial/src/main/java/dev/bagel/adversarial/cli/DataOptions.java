package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which examples. */
final class DataOptions {
  private static final Set<String> NAMES = Set.of("fashion-mnist", "fashion-mnist-full");

  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      description = {
        "The examples: fashion-mnist (in the program), fashion-mnist-full (installed), a folder of"
            + " IDX files or of CIFAR's .bin files, a .bin file, an .npz file with x and y, an"
            + " image (PNG, JPEG, GIF, BMP), or a folder of images: one sub-folder per class, or"
            + " images without classes."
      })
  private String data;

  @Option(
      names = "--split",
      paramLabel = "PART",
      description = "train or test, where there are both (default: test; to train on: train).")
  private Split split;

  @Option(names = "--first", paramLabel = "N", description = "Only so many examples.")
  private Integer first;

  @Option(
      names = "--offset",
      paramLabel = "K",
      defaultValue = "0",
      description = "Leave out the first K (default: ${DEFAULT-VALUE}).")
  private int offset;

  String source() {
    if (data == null) {
      throw new WrongUse("no data", "--data", "name fashion-mnist, a file or a folder");
    }
    return data;
  }

  Split split(Split otherwise) {
    return split == null ? otherwise : split;
  }

  /** Whether the source is a picture or a folder of pictures. */
  boolean isImages() throws IOException {
    return isPath() && ImageFiles.isAt(Path.of(source()));
  }

  private boolean isPath() {
    return !NAMES.contains(source());
  }

  /**
   * The chosen examples.
   *
   * @param example the shape into which pictures are decoded
   */
  Examples open(Shape example, Split otherwise) throws IOException {
    if (isImages()) {
      ImageFiles files = ImageFiles.at(Path.of(source()));
      int count = count(files.size());
      Dataset images = files.slice(offset, count).read(example);
      return new Examples(images, source(), null, offset, files.isLabelled());
    }
    if (isPath() && !Files.exists(Path.of(source()))) {
      throw new WrongUse(
          "no such file or folder",
          "--data " + source(),
          "check the path, or name fashion-mnist or fashion-mnist-full");
    }
    Split part = split(otherwise);
    Dataset all = whole(part);
    return new Examples(all.slice(offset, count(all.size())), source(), part, offset, true);
  }

  /** All examples of one part of a source that is no picture. */
  Dataset whole(Split part) throws IOException {
    return Datasets.open(source(), part);
  }

  private int count(int size) {
    if (offset < 0 || offset >= size) {
      throw new WrongUse(
          "offset " + offset, "--offset", "there are " + size + " examples, counted from 0");
    }
    if (first == null) {
      return size - offset;
    }
    if (first < 1 || first > size - offset) {
      throw new WrongUse(
          first + " examples" + (offset == 0 ? "" : " from " + offset + " on"),
          "--first",
          "from 1 to " + (size - offset) + " are there");
    }
    return first;
  }
}
