package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  @Option(
      names = "--resize",
      paramLabel = "HxW|S",
      converter = ResizeValue.class,
      description =
          "Resize images to H x W, or the shorter side to S (bilinear, smoothed where they shrink),"
              + " and cut out the middle for the model, as in --resize 256x256.")
  private Resize resize;

  @Option(names = "--no-antialias", description = "Resize without smoothing.")
  private boolean plain;

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
    return open(example, otherwise, Integer.MAX_VALUE);
  }

  /**
   * The chosen examples.
   *
   * @param most how many, if nobody says
   */
  Examples open(Shape example, Split otherwise, int most) throws IOException {
    if (isImages()) {
      ImageFiles all = ImageFiles.at(Path.of(source()));
      ImageFiles files = all.slice(offset, count(all.size(), most));
      Dataset images = files.read(example, resize());
      return new Examples(images, source(), null, offset, files.isLabelled(), files.names());
    }
    if (resize() != null) {
      throw new WrongUse("no images", "--resize", source() + " is of one size: leave it out");
    }
    if (isPath() && !Files.exists(Path.of(source()))) {
      throw new WrongUse(
          "no such file or folder",
          "--data " + source(),
          "check the path, or name fashion-mnist or fashion-mnist-full");
    }
    Split part = split(otherwise);
    Dataset all = whole(part);
    Dataset some = all.slice(offset, count(all.size(), most));
    return new Examples(some, source(), part, offset, true, List.of());
  }

  private Resize resize() {
    if (plain && resize == null) {
      throw new WrongUse("nothing to resize", "--no-antialias", "add --resize, or leave it out");
    }
    return plain ? resize.plain() : resize;
  }

  /** All examples of one part of a source that is no picture. */
  Dataset whole(Split part) throws IOException {
    return Datasets.open(source(), part);
  }

  private int count(int size, int most) {
    if (offset < 0 || offset >= size) {
      throw new WrongUse(
          "offset " + offset, "--offset", "there are " + size + " examples, counted from 0");
    }
    if (first == null) {
      return Math.min(most, size - offset);
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
