package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.adversarial.tour.ImagenetPictures;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A network for ImageNet and photographs, for the part of the tour that needs them. */
final class ImagenetOptions {
  private static final String FOLDER = "BAGEL_DATA";
  private static final String MODEL = "models/squeezenet_v1.0_imagenet.onnx";
  private static final String PICTURES = "imagenet";
  private static final String NAMES = "imagenet-simple-labels.json";
  private static final Resize RESIZE = new Resize(256, 256, true);

  @Option(
      names = "--model",
      paramLabel = "FILE.onnx",
      description =
          "A network for ImageNet, to show the tutorial's demonstrations on (default: "
              + MODEL
              + " in the folder that "
              + FOLDER
              + " names; without one they are left out).")
  private String file;

  @Option(
      names = "--pictures",
      paramLabel = "DIR",
      description =
          "Photographs, n02395406_hog.* and n07693725_bagel.* among them, and "
              + NAMES
              + ", an array of the thousand names (default: "
              + PICTURES
              + " there).")
  private Path folder;

  @Mixin private ReadingOptions reading;
  @Mixin private PreprocessingOptions preprocessing;

  /** What is missing, in a line for people; empty if everything is there. */
  Optional<String> missing() {
    if (file != null || folder != null) {
      if (file == null || folder == null) {
        throw new WrongUse(
            "no " + (file == null ? "network" : "photographs"),
            "--model and --pictures",
            "give both, or neither");
      }
      return Optional.empty();
    }
    if (data() == null) {
      return Optional.of("Neither --model and --pictures nor " + FOLDER + " says where they are.");
    }
    return List.of(Path.of(data(), MODEL), Path.of(data(), PICTURES)).stream()
        .filter(path -> !Files.exists(path))
        .findFirst()
        .map(path -> path + " is not there; " + FOLDER + " names its folder.");
  }

  private static String data() {
    return System.getenv(FOLDER);
  }

  /** Reads everything, where nothing is missing. */
  ImagenetPictures read() throws IOException {
    String network = network();
    Path pictures = pictures();
    Model model = preprocessing.apply(reading.read(network, "--model").model());
    ImageFiles files = ImageFiles.at(pictures);
    Tensor x = files.read(model.example(), RESIZE).all().x();
    List<String> names = Json.lines(pictures.resolve(NAMES));
    try {
      return new ImagenetPictures(
          String.valueOf(Path.of(network).getFileName()), model, names, files.names(), x);
    } catch (IllegalArgumentException e) {
      throw new WrongUse(
          e.getMessage(),
          "--model " + network + " --pictures " + pictures,
          "see bagel tour --help");
    }
  }

  private String network() {
    return file == null ? Path.of(data(), MODEL).toString() : file;
  }

  private Path pictures() {
    return folder == null ? Path.of(data(), PICTURES) : folder;
  }

  /** The words of a command that reads the same. */
  List<String> words() {
    List<String> words =
        new ArrayList<>(List.of("--model=" + network(), "--pictures=" + pictures()));
    words.addAll(reading.words());
    words.addAll(preprocessing.words());
    return words;
  }
}
