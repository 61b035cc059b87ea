package dev.bagel.adversarial;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a trusted ONNX file, by name; its graph is somebody else's knowledge. A file is a
 * tree of (field number, value) in the wire format of protocol buffers: the model's field 7 is the
 * graph, the graph's field 5 are tensors of dims (1), name (8) and raw data (9).
 */
final class Initializers {
  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  private static final int DIMS = 1;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;

  private Initializers() {}

  private interface Field {
    /** A number, or bytes. */
    void is(int number, long value, ByteBuffer bytes);
  }

  static Map<String, Tensor> of(byte[] file) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    each(
        ByteBuffer.wrap(file),
        (inModel, v, graph) -> {
          if (inModel == GRAPH) {
            each(
                graph,
                (inGraph, u, tensor) -> {
                  if (inGraph == INITIALIZER) {
                    put(tensor, all);
                  }
                });
          }
        });
    return all;
  }

  private static void put(ByteBuffer tensor, Map<String, Tensor> all) {
    List<Integer> dims = new ArrayList<>();
    String[] name = new String[1];
    ByteBuffer[] raw = new ByteBuffer[1];
    each(
        tensor,
        (field, value, bytes) -> {
          if (field == DIMS && bytes == null) {
            dims.add((int) value);
          } else if (field == DIMS) {
            while (bytes.hasRemaining()) {
              dims.add((int) varint(bytes));
            }
          } else if (field == NAME) {
            name[0] = StandardCharsets.UTF_8.decode(bytes).toString();
          } else if (field == RAW_DATA) {
            raw[0] = bytes.order(ByteOrder.LITTLE_ENDIAN);
          }
        });
    Shape shape = Shape.of(dims.stream().mapToInt(d -> d).toArray());
    float[] numbers = new float[shape.size()];
    raw[0].asFloatBuffer().get(numbers);
    all.put(name[0], Tensor.wrap(shape, numbers));
  }

  private static void each(ByteBuffer in, Field to) {
    while (in.hasRemaining()) {
      long key = varint(in);
      int number = (int) (key >>> 3);
      switch ((int) (key & 7)) {
        case 0 -> to.is(number, varint(in), null);
        case 1 -> to.is(number, in.order(ByteOrder.LITTLE_ENDIAN).getLong(), null);
        case 5 -> to.is(number, in.order(ByteOrder.LITTLE_ENDIAN).getInt(), null);
        default -> {
          int length = (int) varint(in);
          to.is(number, 0, in.slice(in.position(), length));
          in.position(in.position() + length);
        }
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
