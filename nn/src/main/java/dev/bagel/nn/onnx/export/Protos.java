package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import dev.bagel.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors and their types as ONNX's messages. */
final class Protos {
  private Protos() {}

  static TensorProto floats(String name, Tensor t) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * t.size()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(t.array());
    TensorProto.Builder proto = raw(name, DataType.FLOAT, bytes);
    for (int d : t.shape().toArray()) {
      proto.addDims(d);
    }
    return proto.build();
  }

  static TensorProto longs(String name, long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(numbers);
    return raw(name, DataType.INT64, bytes).addDims(numbers.length).build();
  }

  private static TensorProto.Builder raw(String name, DataType type, ByteBuffer bytes) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes)); // nobody else has the array
  }

  /** An input or output of floats; the number of inputs is called N. */
  static ValueInfoProto value(String name, Lengths lengths) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Lengths.Axis a : lengths.axes()) {
      Dimension.Builder d = Dimension.newBuilder();
      shape.addDim(a.perInput() ? d.setDimParam(a.toString()) : d.setDimValue(a.times()));
    }
    TypeProto.Tensor type =
        TypeProto.Tensor.newBuilder()
            .setElemType(DataType.FLOAT.getNumber())
            .setShape(shape)
            .build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
