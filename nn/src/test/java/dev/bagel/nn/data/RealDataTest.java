package dev.bagel.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** MNIST and CIFAR-10; {@code -Dbagel.data=DIR} or {@code BAGEL_DATA} says where they are. */
class RealDataTest {
  private static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  @Test
  void mnistIsMnist() throws Exception {
    Path folder = data("mnist");
    assertEquals("6bbc9ace898e44ae57da46a324031adb", md5(folder, "train-images-idx3-ubyte.gz"));
    assertEquals("a25bea736e30d166cdddb491f175f624", md5(folder, "train-labels-idx1-ubyte.gz"));
    Dataset train = Datasets.open(folder.toString(), Split.TRAIN);
    Dataset test = Datasets.open(folder.toString(), Split.TEST);
    assertEquals(60_000, train.size());
    assertEquals(10_000, test.size());
    assertEquals(Shape.of(1, 28, 28), train.example());
    assertEquals("mnist", train.name());
    assertEquals(5, train.label(0)); // the famous first three: 5, 0, 4 and 7, 2, 1
    assertEquals(0, train.label(1));
    assertEquals(7, test.label(0));
    assertEquals(2, test.label(1));
    double sum = 0;
    for (int from = 0; from < train.size(); from += 10_000) {
      for (float v : train.slice(from, 10_000).all().x().toArray()) {
        sum += v;
      }
    }
    assertEquals(0.1307, sum / (60_000 * 784), 5e-5); // the mean that everybody normalises by
  }

  @Test
  void cifarIsCifar() throws IOException {
    Path file = data("cifar10/test_first1000.bin");
    Dataset set = Datasets.open(file.toString(), Split.TEST);
    assertEquals(1000, set.size());
    assertEquals(Shape.of(3, 32, 32), set.example());
    assertEquals("cat", set.classNames().get(set.label(0))); // cat, ship, ship, airplane, frog
    assertEquals("ship", set.classNames().get(set.label(1)));
    assertEquals("airplane", set.classNames().get(set.label(3)));
    for (float v : set.all().x().toArray()) {
      assertTrue(v >= 0 && v <= 1);
    }
  }

  private static String md5(Path folder, String name) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("MD5");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve(name)))) {
      digest.update(in.readAllBytes());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
