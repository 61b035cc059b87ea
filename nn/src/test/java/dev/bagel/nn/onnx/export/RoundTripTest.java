package dev.bagel.nn.onnx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we write, as we read it. */
@ExtendWith(Seeded.class)
class RoundTripTest {
  static List<Models.Net> nets() {
    return OnnxWriterTest.nets();
  }

  private static Model again(Model model) throws FormatException {
    return Onnx.read(OnnxWriter.bytes(ModelFile.of(model)), "again.onnx", Reading.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("nets")
  void aModelThatIsReadAgainHasTheSameLogits(Models.Net net, Rng rng) throws FormatException {
    Model again = again(net.model());
    assertEquals(net.model().example(), again.example());
    for (int n : new int[] {1, 2, 5}) {
      Tensor x = Tensor.uniform(Shape.of(n).concat(net.model().example()), 0, 1, rng.at(n));
      Tensor expected = net.model().scores(x);
      assertClose(expected, again.scores(x).reshape(expected.shape()));
    }
  }

  @ParameterizedTest
  @MethodSource("nets")
  void aFileThatIsWrittenAgainIsReadAgain(Models.Net net, Rng rng) throws FormatException {
    Model again = again(net.model());
    Tensor x = Tensor.uniform(Shape.of(3).concat(net.model().example()), 0, 1, rng);
    assertClose(again.scores(x), again(again).scores(x));
  }

  static List<Zoo.Entry> zoo() {
    return Zoo.all().stream().filter(Models::isSmall).toList();
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void aNetOfTheZooThatIsReadAgainHasTheSameGradients(Zoo.Entry entry, Rng rng)
      throws FormatException {
    Model net = Models.of(entry).model();
    Tensor x = Tensor.uniform(Shape.of(2).concat(net.example()), 0, 1, rng);
    assertClose(net.gradients(x, 3, 4), again(net).gradients(x, 3, 4));
  }

  /** Files of other people, as they are read, are written and read again. */
  @ParameterizedTest
  @MethodSource("dev.bagel.nn.onnx.export.Models#files")
  void aFileOfSomebodyElseIsWrittenAgain(String path, Rng rng) throws IOException {
    Model read = Onnx.read(Models.data(path));
    Tensor x = Tensor.uniform(Shape.of(2).concat(read.example()), 0, 1, rng);
    assertClose(read.scores(x), again(read).scores(x));
  }

  private static void assertClose(Tensor expected, Tensor actual) {
    assertEquals(expected.shape(), actual.shape());
    float largest = 1;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-5f * largest);
    }
  }

  @Test
  void boundsAndClassNamesAreReadAgain(@TempDir Path dir) throws IOException {
    Model model = nets().get(0).model().with(new Bounds(-1, 2));
    Path file = dir.resolve("net.onnx");
    List<String> classes = List.of("a", "b", "c", "d", "e");
    Onnx.write(ModelFile.of(model).withClassNames(classes), file);
    ModelFile read = Onnx.readFile(file, Reading.PLAIN);
    assertEquals(new Bounds(-1, 2), read.model().bounds());
    assertEquals(classes, read.classNames());
    assertTrue(read.info().keySet().stream().noneMatch(key -> key.startsWith("bagel.")));
  }
}
