package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.HeapLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the tensors of a file. Nothing is allocated before the declared shape was compared with
 * what is there.
 */
final class TensorReader {
  private final String source;
  private final ExternalData external;
  private long taken; // bytes of memory: the file's and those of all tensors so far

  TensorReader(String source, ExternalData external, long fileBytes) {
    this.source = source;
    this.external = external;
    this.taken = fileBytes;
  }

  /**
   * A tensor's value.
   *
   * @param where how messages call it
   */
  Value read(TensorProto t, String where) throws FormatException {
    Element element =
        Element.of(t.getDataType())
            .orElseThrow(
                () ->
                    FormatException.of(
                        source,
                        where,
                        "elements of type " + t.getDataType() + ", which are no numbers known here",
                        "store it as float or int64"));
    Shape shape = shape(t, where);
    if (t.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      long bytes = (long) shape.size() * element.bytes().width();
      HeapLimit.check(taken + bytes + memory(element, shape), source);
      return decoded(element, shape, external.read(t, bytes, where), where);
    }
    return t.hasRawData()
        ? decoded(element, shape, t.getRawData().asReadOnlyByteBuffer(), where)
        : listed(t, element, shape, where);
  }

  private Shape shape(TensorProto t, String where) throws FormatException {
    int[] dims = new int[t.getDimsCount()];
    try {
      if (dims.length > Trace.RANK) {
        throw new ShapeException("%d axes; at most %d", dims.length, Trace.RANK);
      }
      for (int i = 0; i < dims.length; i++) {
        dims[i] = Math.toIntExact(t.getDims(i));
      }
      return Shape.of(dims);
    } catch (ShapeException | ArithmeticException e) {
      throw FormatException.of(
              source, where, "dimensions: " + e.getMessage(), "write the model again")
          .because(e);
    }
  }

  private void checkCount(String where, Shape shape, int each, long found, String of)
      throws FormatException {
    long needed = (long) shape.size() * each;
    if (needed != found) {
      throw FormatException.of(
          source,
          where,
          "shape " + shape + " needs " + needed + " " + of + " and " + found + " are there",
          "the file was cut off or changed; fetch it again");
    }
  }

  private void take(Element element, Shape shape) throws FormatException {
    taken += memory(element, shape);
    HeapLimit.check(taken, source);
  }

  private static long memory(Element element, Shape shape) {
    return (element.isReal() ? 4L : 8L) * shape.size();
  }

  private Value decoded(Element element, Shape shape, ByteBuffer raw, String where)
      throws FormatException {
    checkCount(where, shape, element.bytes().width(), raw.remaining(), "bytes");
    take(element, shape);
    raw.order(ByteOrder.LITTLE_ENDIAN);
    if (element.isReal()) {
      float[] y = new float[shape.size()];
      element.bytes().floats(raw, y, 0, y.length);
      return Value.real(element, Tensor.wrap(shape, y));
    }
    long[] y = new long[shape.size()];
    for (int i = 0; i < y.length; i++) {
      y[i] = element.bytes().integer(raw);
    }
    return new Numbers(element, shape, y);
  }

  /** The format has a list for each kind of number; narrow ones share that of int32. */
  private Value listed(TensorProto t, Element element, Shape shape, String where)
      throws FormatException {
    int found =
        switch (element) {
          case FLOAT -> t.getFloatDataCount();
          case DOUBLE -> t.getDoubleDataCount();
          case INT64 -> t.getInt64DataCount();
          case UINT32, UINT64 -> t.getUint64DataCount();
          default -> t.getInt32DataCount();
        };
    checkCount(where, shape, 1, found, "elements");
    take(element, shape);
    if (!element.isReal()) {
      long[] y = new long[found];
      for (int i = 0; i < found; i++) {
        y[i] = element.narrow(whole(t, element, i));
      }
      return new Numbers(element, shape, y);
    }
    float[] y = new float[found];
    for (int i = 0; i < found; i++) {
      y[i] = real(t, element, i);
    }
    return Value.real(element, Tensor.wrap(shape, y));
  }

  private static long whole(TensorProto t, Element element, int i) {
    return switch (element) {
      case INT64 -> t.getInt64Data(i);
      case UINT32, UINT64 -> t.getUint64Data(i);
      default -> t.getInt32Data(i);
    };
  }

  private static float real(TensorProto t, Element element, int i) {
    return switch (element) {
      case FLOAT -> t.getFloatData(i);
      case DOUBLE -> (float) t.getDoubleData(i);
      default -> { // the bits of a short
        ByteBuffer bits = ByteBuffer.allocate(2).putShort((short) t.getInt32Data(i)).flip();
        yield (float) element.bytes().real(bits);
      }
    };
  }
}
