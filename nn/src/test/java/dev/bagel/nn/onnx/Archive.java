package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/** The test cases of the format's authors, as files in memory. */
final class Archive {
  private static final int BLOCK = 512;

  private Archive() {}

  /** A file or a folder of the data; the test is skipped if it is not there. */
  static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
  }

  /** The files below a folder of the archive, by path. */
  static SortedMap<String, byte[]> files(String folder) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    Path archive = data("onnx-tests/onnx-node-tests.tar.gz");
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(archive), 1 << 16))) {
      byte[] header = new byte[BLOCK];
      for (in.readFully(header); header[0] != 0; in.readFully(header)) {
        String name = text(header, 0, 100);
        int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
        byte[] content = new byte[size];
        in.readFully(content);
        in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        String path = name.startsWith("./") ? name.substring(2) : name;
        if (header[156] == '0' && path.startsWith(folder + "/")) {
          files.put(path.substring(folder.length() + 1), content);
        }
      }
    }
    return files;
  }

  private static String text(byte[] header, int from, int length) {
    String field = new String(header, from, length, StandardCharsets.US_ASCII);
    int end = field.indexOf(0);
    return end < 0 ? field : field.substring(0, end);
  }
}
