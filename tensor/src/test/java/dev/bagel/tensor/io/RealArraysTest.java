package dev.bagel.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that NumPy wrote; {@code -Dbagel.data=DIR} or {@code BAGEL_DATA} says where they are. */
class RealArraysTest {
  private static List<Path> files(String folder, String suffix) throws IOException {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, folder);
    assumeTrue(Files.isDirectory(at), "no data: " + at + " is missing");
    try (Stream<Path> all = Files.list(at)) {
      List<Path> found =
          all.filter(p -> p.toString().endsWith(suffix)).sorted().collect(Collectors.toList());
      assertFalse(found.isEmpty(), "no " + suffix + " in " + at);
      return found;
    }
  }

  @Test
  void everyNpyIsReadAndWrittenBack() throws IOException {
    for (Path file : files("art", ".npy")) {
      NpyArray array = Npy.read(file);
      NpyArray back = Npy.read(Npy.bytes(array), "back");
      assertEquals(array.shape(), back.shape());
      assertEquals(array.dtype(), back.dtype());
      assertArrayEquals(array.doubles(), back.doubles());
    }
  }

  @Test
  void artsNetHasItsShapes() throws IOException {
    Path folder = files("art", ".npy").get(0).getParent();
    assertEquals(Shape.of(7, 7, 1, 1), Npy.read(folder.resolve("W_CONV2D_MNIST.npy")).shape());
    assertEquals(Shape.of(25, 10), Npy.read(folder.resolve("W_DENSE_MNIST.npy")).shape());
    assertEquals(Dtype.F8, Npy.read(folder.resolve("W_DENSE_MNIST.npy")).dtype());
    assertEquals(Shape.of(10), Npy.read(folder.resolve("B_DENSE_MNIST.npy")).shape());
  }

  @Test
  void everyOracleHasTenLogits() throws IOException {
    for (Path file : files("oracles", ".npz")) {
      Npz npz = Npz.open(file);
      assertEquals(Shape.of(10, 10), npz.array("logits10").shape());
      for (String name : npz.names()) {
        if (name.equals("norm")) { // text: refused, and its neighbours are not
          assertThrows(FormatException.class, () -> npz.array(name));
        } else {
          assertEquals(npz.array(name).shape().size(), npz.array(name).tensor().size());
        }
      }
      if (npz.contains("ce_sum")) {
        assertEquals(Shape.of(), npz.array("ce_sum").shape());
        assertEquals(Shape.of(10, 1, 28, 28), npz.array("input_grad10").shape());
      }
    }
  }

  @Test
  void theNetOfFastIsBetterThanFreeHasItsParameters() throws IOException {
    for (Path file : files("models", ".npz")) {
      Npz npz = Npz.open(file);
      Map<String, NpyArray> all = npz.arrays();
      assertEquals(Shape.of(16, 1, 4, 4), all.get("0.weight").shape());
      assertEquals(Shape.of(100, 1568), all.get("5.weight").shape());
      assertEquals(8, all.size());
      byte[] again = Npz.bytes(all, Npz.Packing.STORED);
      Npz back = Npz.open(() -> new MemoryChannel(again), "back", Npz.LIMIT);
      for (String name : npz.names()) {
        assertArrayEquals(
            all.get(name).tensor().toArray(), back.array(name).tensor().toArray(), name);
      }
    }
  }
}
