package dev.bagel.bench.rivals.onnx;

import dev.bagel.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A protobuf message as it is written field by field: a key, field · 8 + wire type, and then a
 * varint (type 0) or a length and that many bytes (type 2).
 */
final class Proto {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Proto integer(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  Proto integers(int field, long... values) {
    for (long v : values) {
      integer(field, v);
    }
    return this;
  }

  Proto bytes(int field, byte[] value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  Proto text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Proto message(int field, Proto value) {
    return bytes(field, value.toBytes());
  }

  /** The elements as little-endian floats. */
  Proto floats(int field, Tensor t) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * t.size()).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(t.toArray());
    return bytes(field, buffer.array());
  }

  /** Seven bits at a time, the lowest first; the eighth says that more follow. */
  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }
}
