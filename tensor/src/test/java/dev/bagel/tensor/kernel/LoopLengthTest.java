package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Some loops must be longer than what C2 copies into a caller that calls them often, or in some
 * JVMs their vectors are objects: see {@code Toom}. Nothing else would notice that an edit made one
 * of them shorter.
 */
class LoopLengthTest {
  /** {@code -XX:FreqInlineSize}, in bytes of code. */
  private static final int INLINED = 325;

  @ParameterizedTest
  @CsvSource({
    "SixPoints, filter3",
    "SixPoints, filter4",
    "SixPoints, output3",
    "SixPoints, output4",
    "SixPoints, input",
    "EightPoints, filter4",
    "EightPoints, filter5",
    "EightPoints, output4",
    "EightPoints, output5",
    "EightPoints, input",
    "Halving, put"
  })
  void theLoopIsTooLongToBeInlined(String type, String method) throws IOException {
    int length = lengths(type).get(method);
    assertTrue(length > INLINED, type + "." + method + " has " + length + " bytes of code");
  }

  /** Bytes of code of the methods of a class, by name: a walk through its file (JVMS §4). */
  private static Map<String, Integer> lengths(String type) throws IOException {
    try (InputStream file = Kernels.class.getResourceAsStream("simd/" + type + ".class");
        DataInputStream in = new DataInputStream(file)) {
      in.skipNBytes(8); // magic, version
      String[] names = names(in);
      in.skipNBytes(6); // access, this, super
      in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
      members(in, names); // fields
      return members(in, names);
    }
  }

  private static String[] names(DataInputStream in) throws IOException {
    String[] names = new String[in.readUnsignedShort()];
    for (int i = 1; i < names.length; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> names[i] = in.readUTF();
        case 5, 6 -> { // long and double take two places
          in.skipNBytes(8);
          i++;
        }
        case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        default -> in.skipNBytes(4);
      }
    }
    return names;
  }

  /** Passes over all fields or all methods. */
  private static Map<String, Integer> members(DataInputStream in, String[] names)
      throws IOException {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    int members = in.readUnsignedShort();
    for (int m = 0; m < members; m++) {
      in.skipNBytes(2);
      String name = names[in.readUnsignedShort()];
      in.skipNBytes(2);
      int attributes = in.readUnsignedShort();
      for (int a = 0; a < attributes; a++) {
        boolean code = names[in.readUnsignedShort()].equals("Code");
        int size = in.readInt();
        if (code) {
          in.skipNBytes(4); // stack, locals
          lengths.put(name, in.readInt());
          size -= 8;
        }
        in.skipNBytes(size);
      }
    }
    return lengths;
  }
}
