package dev.bagel;

import static dev.bagel.adversarial.RealData.data;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbered examples compile, and what they show on a real ImageNet network is so. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.sorted().toList();
    }
  }

  @Test
  void theyAreNumberedWithoutAGap() throws IOException {
    List<Path> all = examples();
    for (int i = 0; i < all.size(); i++) {
      assertTrue(all.get(i).getFileName().toString().startsWith(i + 1 + "-"), all.toString());
    }
    assertEquals(7, all.size());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleCompiles(Path example, @TempDir Path folder) {
    Programs.compile(folder, example);
  }

  @Test
  void theNetworkKnowsAHogAndNoBagel(@TempDir Path folder) throws Exception {
    String said = run(folder, "1-predict.java", "Predict");
    assertTrue(said.contains("pig              0.88"), said);
    assertTrue(said.contains("Lakeland Terrier 0.90"), said);
    assertTrue(said.contains("grand piano      0.999"), said);
    assertTrue(said.contains("chocolate syrup  0.10"), said);
  }

  /** Adam and RMSprop reach the target from all three starts, at the rate that fits them. */
  @Test
  void aHogBecomesATerrier(@TempDir Path folder) throws Exception {
    String said = run(folder, "3-hog-to-terrier.java", "HogToTerrier", "10");
    for (String optimizer : List.of("Adam ", "RMSprop ")) {
      String last = said.lines().filter(l -> l.startsWith(optimizer)).toList().get(1);
      assertEquals(3, last.split("Lakeland Terrier", -1).length - 1, said);
    }
  }

  private static String run(Path folder, String example, String name, String... more)
      throws Exception {
    Path pictures = data("imagenet");
    Programs.compile(folder, EXAMPLES.resolve(example));
    Stream<String> args =
        Stream.of(
            data("models/squeezenet_v1.0_imagenet.onnx").toString(),
            pictures.toString(),
            pictures.resolve("imagenet-simple-labels.json").toString());
    return Programs.run(folder, name, Stream.concat(args, Stream.of(more)).toArray(String[]::new));
  }
}
