package dev.bagel.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatasetsTest {
  @TempDir Path folder;

  private static final NpyArray Y = NpyArray.of(Shape.of(2), 1, 0);

  private static NpyArray x(Shape shape, float... values) {
    return NpyArray.of(Tensor.of(shape, values));
  }

  private String npz(Object... namesAndArrays) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      arrays.put((String) namesAndArrays[i], (NpyArray) namesAndArrays[i + 1]);
    }
    Path file = folder.resolve("set.npz");
    Npz.write(file, arrays, Npz.Packing.DEFLATED);
    return file.toString();
  }

  private static String refusal(String where) {
    String message =
        assertThrows(FormatException.class, () -> Datasets.open(where, Split.TEST)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @Test
  void theEmbeddedImagesAreThere() throws IOException {
    Dataset train = Datasets.open("fashion-mnist", Split.TRAIN);
    Dataset test = Datasets.open("fashion-mnist", Split.TEST);
    assertEquals(6000, train.size());
    assertEquals(1000, test.size());
    assertEquals(Shape.of(1, 28, 28), test.example());
    assertEquals("ankle boot", test.classNames().get(test.label(0)));
    int[] perClass = new int[10];
    for (int label : train.labels()) {
      perClass[label]++;
    }
    for (int n : perClass) {
      assertTrue(n > 500 && n < 700, "about 600 of each: " + n);
    }
  }

  @Test
  void theEmbeddedImagesAreTheFirstOfTheInstalledOnes() throws IOException {
    assumeTrue(
        Files.isDirectory(FashionMnist.INSTALLED),
        "dataset-fashion-mnist is not installed: " + FashionMnist.INSTALLED);
    for (Split split : Split.values()) {
      Dataset some = FashionMnist.embedded(split);
      Dataset all = Datasets.open("fashion-mnist-full", split);
      assertEquals(split == Split.TRAIN ? 60_000 : 10_000, all.size());
      Dataset first = all.slice(0, some.size());
      assertArrayEquals(first.labels(), some.labels());
      for (int from = 0; from < some.size(); from += 1000) {
        assertArrayEquals(
            first.slice(from, 1000).all().x().toArray(),
            some.slice(from, 1000).all().x().toArray());
      }
    }
  }

  @Test
  void arraysOfEveryAcceptedNameAreRead() throws IOException {
    NpyArray x = x(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    for (String[] names : new String[][] {{"x", "y"}, {"x_test", "y_test"}, {"images", "labels"}}) {
      Dataset set = Datasets.open(npz(names[0], x, names[1], Y), Split.TEST);
      assertEquals(Shape.of(3), set.example());
      assertEquals(2, set.classes());
      assertArrayEquals(new int[] {1, 0}, set.labels());
      assertArrayEquals(new float[] {4, 5, 6}, set.batch(1).x().toArray());
    }
  }

  @Test
  void theSplitChoosesItsPair() throws IOException {
    NpyArray train = x(Shape.of(2, 1), 1, 2);
    NpyArray test = x(Shape.of(2, 1), 3, 4);
    String file = npz("x_train", train, "y_train", Y, "x_test", test, "y_test", Y);
    assertEquals(1, Datasets.open(file, Split.TRAIN).batch(0).x().get(0));
    assertEquals(3, Datasets.open(file, Split.TEST).batch(0).x().get(0));
  }

  @Test
  void bytesAreDividedBy255AndPlanesGetAChannel() throws IOException {
    NpyArray x = NpyArray.of(Shape.of(2, 1, 2), (byte) 0, (byte) 51, (byte) -1, (byte) 0);
    Dataset set = Datasets.open(npz("x", x, "y", Y), Split.TEST);
    assertEquals(Shape.of(1, 1, 2), set.example());
    assertArrayEquals(new float[] {0, 0.2f, 1, 0}, set.all().x().toArray());
  }

  @Test
  void oneHotLabelsAreRead() throws IOException {
    NpyArray x = x(Shape.of(2, 1), 1, 2);
    NpyArray hot = x(Shape.of(2, 3), 0, 0, 1, 1, 0, 0);
    Dataset set = Datasets.open(npz("x", x, "y", hot), Split.TEST);
    assertArrayEquals(new int[] {2, 0}, set.labels());
    assertEquals(3, set.classes());
    NpyArray column = NpyArray.of(Shape.of(2, 1), 1L, 4L);
    assertEquals(5, Datasets.open(npz("x", x, "y", column), Split.TEST).classes());
  }

  @Test
  void arraysThatAreNoDataSetAreRefused() throws IOException {
    NpyArray x = x(Shape.of(2, 1), 1, 2);
    assertTrue(refusal(npz("x", x)).contains("no pair of examples and labels among [x]"));
    assertTrue(refusal(npz("x_train", x, "y_train", Y)).contains("x_test and y_test"));
    assertTrue(refusal(npz("x", x, "y", NpyArray.of(Shape.of(3), 0, 1, 0))).contains("3 labels"));
    assertTrue(refusal(npz("x", x, "y", NpyArray.of(Shape.of(2), 0, -1))).contains("y[1]"));
    assertTrue(refusal(npz("x", x, "y", x(Shape.of(2), 0, 1))).contains("whole numbers"));
    assertTrue(refusal(npz("x", x, "y", x(Shape.of(2, 2), 0, 1, 1, 1))).contains("y[1]"));
    assertTrue(refusal(npz("x", x(Shape.of(2), 1, 2), "y", Y)).contains("[N, D]"));
    NpyArray none = NpyArray.of(Shape.of(0), new int[0]);
    assertTrue(refusal(npz("x", x(Shape.of(0, 1)), "y", none)).contains("no labels"));
  }

  @Test
  void theFirstNaNIsNamed() throws IOException {
    float[] values = new float[2 * 3 * 4 * 5];
    values[119] = Float.POSITIVE_INFINITY;
    values[60 + 20 + 5 + 2] = Float.NaN;
    String where = npz("x", x(Shape.of(2, 3, 4, 5), values), "y", Y);
    assertTrue(refusal(where).contains("the value NaN, at x[1, 1, 1, 2];"), refusal(where));
    Tensor x = Tensor.of(Shape.of(2, 1), 1, Float.NEGATIVE_INFINITY);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Tensors("t", x, new int[2], List.of("only")));
    assertEquals("x[1, 0] is -Infinity", e.getMessage());
  }

  @Test
  void whatIsUnknownIsDescribed() throws IOException {
    for (String where : List.of("imagenet", folder.resolve("x.npz").toString(), "a\0b", "")) {
      assertTrue(refusal(where).contains("supported: fashion-mnist"), where);
    }
    String name = folder.toString();
    assertTrue(refusal(name).contains("a folder with nothing in it"));
    for (int i = 0; i < 8; i++) {
      Files.createFile(folder.resolve(i + ".png"));
    }
    assertTrue(refusal(name).contains("0.png, 1.png, 2.png, 3.png, 4.png and 3 more"));
    assertTrue(refusal(folder.resolve("0.png").toString()).contains("0 bytes"));
  }

  @Test
  void labelsOutsideTheClassesAreRefused() {
    List<String> two = List.of("a", "b");
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageBytes("i", Shape.of(1), new byte[1], new int[] {2}, two));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageBytes("i", Shape.of(1), new byte[2], new int[] {0}, two));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Tensors("t", Tensor.of(Shape.of(1, 1), 1), new int[2], two));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Batch(Tensor.of(Shape.of(2, 1), 1, 2), new int[1]));
  }
}
