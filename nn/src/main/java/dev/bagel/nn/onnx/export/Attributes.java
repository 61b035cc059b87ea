package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import java.util.ArrayList;
import java.util.List;

/** The settings of a node, in order. */
record Attributes(List<AttributeProto> all) {
  static final Attributes NONE = new Attributes(List.of());

  static Attributes of(String name, long value) {
    return NONE.and(name, value);
  }

  static Attributes of(String name, float value) {
    return NONE.and(name, value);
  }

  static Attributes of(String name, int... values) {
    return NONE.and(name, values);
  }

  Attributes and(String name, long value) {
    return with(proto(name, AttributeType.INT).setI(value));
  }

  Attributes and(String name, float value) {
    return with(proto(name, AttributeType.FLOAT).setF(value));
  }

  Attributes and(String name, int... values) {
    AttributeProto.Builder list = proto(name, AttributeType.INTS);
    for (int v : values) {
      list.addInts(v);
    }
    return with(list);
  }

  private static AttributeProto.Builder proto(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private Attributes with(AttributeProto.Builder one) {
    List<AttributeProto> more = new ArrayList<>(all);
    more.add(one.build());
    return new Attributes(List.copyOf(more));
  }
}
