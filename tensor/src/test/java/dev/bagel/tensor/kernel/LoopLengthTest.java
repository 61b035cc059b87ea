package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What C2 does not say: how long a loop over vectors may and must be. Outside these limits its
 * vectors are objects in some JVMs and not in others, and nothing else would notice that an edit
 * went past them.
 */
class LoopLengthTest {
  /** {@code -XX:FreqInlineSize}, in bytes of code. */
  private static final int INLINED = 325;

  /**
   * Arithmetic on vectors in one method. Each operation is some 440 bytes of code and 500 nodes
   * once its layers are inlined; at 18,000 nodes C2 inlines later what is left, the stores then do
   * not know the type of what they store, and everything that leads to them is put on the heap (JDK
   * 17: 37 operations, in every third JVM; the convolution took twice as long there).
   */
  private static final int OPERATIONS = 30;

  private static final Set<String> ARITHMETIC =
      Set.of("add", "sub", "mul", "div", "fma", "min", "max", "lanewise", "blend", "compare");

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
    int length = code(type).get(method).length;
    assertTrue(length > INLINED, type + "." + method + " has " + length + " bytes of code");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SixPoints",
        "EightPoints",
        "Halving",
        "Tile4",
        "Tile8",
        "Tile",
        "MatVec",
        "PackedMatVec",
        "ChannelConv",
        "FewInputs",
        "FewOutputs",
        "DepthwiseFilter",
        "Elementwise",
        "LogSoftmax",
        "Pool",
        "Stride2",
        "Transcendental"
      })
  void noMethodHasMoreArithmeticThanC2Inlines(String type) throws IOException {
    String[] names = names(type);
    assertAll(
        code(type).entrySet().stream()
            .map(
                method ->
                    () -> {
                      int count = operations(method.getValue(), names);
                      String what = type + "." + method.getKey() + " has " + count + " operations";
                      assertTrue(count <= OPERATIONS, what);
                    }));
  }

  /** Calls of vectors' arithmetic; an operand that looks like one counts too, which is rare. */
  private static int operations(byte[] code, String[] names) {
    int count = 0;
    for (int i = 0; i + 2 < code.length; i++) {
      int index = ((code[i + 1] & 0xff) << 8) | (code[i + 2] & 0xff);
      boolean call = (code[i] & 0xff) == 0xb6 && index < names.length; // invokevirtual
      count += call && names[index] != null && ARITHMETIC.contains(names[index]) ? 1 : 0;
    }
    return count;
  }

  /**
   * The code of the methods of a class, by name (the longest): a walk through its file (JVMS §4).
   */
  private static Map<String, byte[]> code(String type) throws IOException {
    try (DataInputStream in = open(type)) {
      String[] names = pool(in, new String[0][]);
      in.skipNBytes(6); // access, this, super
      in.skipNBytes(2L * in.readUnsignedShort()); // interfaces
      members(in, names); // fields
      return members(in, names);
    }
  }

  /** The names of the methods of vectors that a class calls, at the constants that say so. */
  private static String[] names(String type) throws IOException {
    try (DataInputStream in = open(type)) {
      String[][] called = new String[1][];
      pool(in, called);
      return called[0];
    }
  }

  private static DataInputStream open(String type) throws IOException {
    try (InputStream file = Kernels.class.getResourceAsStream("simd/" + type + ".class")) {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(file.readAllBytes()));
      in.skipNBytes(8); // magic, version
      return in;
    }
  }

  /** The texts of the pool of constants, and in {@code called} the methods of vectors. */
  private static String[] pool(DataInputStream in, String[][] called) throws IOException {
    String[] texts = new String[in.readUnsignedShort()];
    int[][] pairs = new int[texts.length][];
    for (int i = 1; i < texts.length; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> texts[i] = in.readUTF();
        case 5, 6 -> { // long and double take two places
          in.skipNBytes(8);
          i++;
        }
        case 7 -> pairs[i] = new int[] {in.readUnsignedShort(), 0}; // a class
        case 10, 12 -> // a method; a name and a type
            pairs[i] = new int[] {in.readUnsignedShort(), in.readUnsignedShort()};
        case 8, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        default -> in.skipNBytes(4);
      }
    }
    if (called.length > 0) {
      called[0] = new String[texts.length];
      for (int i = 1; i < texts.length; i++) {
        if (pairs[i] != null && pairs[i][1] > 0 && texts[pairs[i][0]] == null) {
          String owner = texts[pairs[pairs[i][0]][0]];
          boolean vector = owner != null && owner.startsWith("jdk/incubator/vector/");
          called[0][i] = vector ? texts[pairs[pairs[i][1]][0]] : null;
        }
      }
    }
    return texts;
  }

  /** Passes over all fields or all methods. */
  private static Map<String, byte[]> members(DataInputStream in, String[] names)
      throws IOException {
    Map<String, byte[]> code = new LinkedHashMap<>();
    int members = in.readUnsignedShort();
    for (int m = 0; m < members; m++) {
      in.skipNBytes(2);
      String name = names[in.readUnsignedShort()];
      in.skipNBytes(2);
      int attributes = in.readUnsignedShort();
      for (int a = 0; a < attributes; a++) {
        boolean isCode = names[in.readUnsignedShort()].equals("Code");
        int size = in.readInt();
        if (isCode) {
          in.skipNBytes(4); // stack, locals
          byte[] bytes = in.readNBytes(in.readInt());
          code.merge(name, bytes, (one, other) -> one.length >= other.length ? one : other);
          size -= 8 + bytes.length;
        }
        in.skipNBytes(size);
      }
    }
    return code;
  }
}
