package dev.bagel.nn.onnx;

import dev.bagel.tensor.io.Dtype;
import java.util.Optional;

/** What the elements of a tensor in a file are, by the number that the format gives to it. */
enum Element {
  FLOAT(1, Dtype.F4),
  UINT8(2, Dtype.U1),
  INT8(3, Dtype.I1),
  UINT16(4, Dtype.U2),
  INT16(5, Dtype.I2),
  INT32(6, Dtype.I4),
  INT64(7, Dtype.I8),
  BOOL(9, Dtype.B1),
  FLOAT16(10, Dtype.F2),
  DOUBLE(11, Dtype.F8),
  UINT32(12, Dtype.U4),
  UINT64(13, Dtype.U8),
  BFLOAT16(16, Dtype.BF16);

  private final int code;
  private final Dtype bytes;

  Element(int code, Dtype bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The type with this number; strings, complex numbers and types of a few bits are none. */
  static Optional<Element> of(int code) {
    for (Element e : values()) {
      if (e.code == code) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  /** How one element lies in a file. */
  Dtype bytes() {
    return bytes;
  }

  /** Whether this is computed with as floats, and not as whole numbers or truth values. */
  boolean isReal() {
    return !bytes.isInteger();
  }

  /** The value that remains when {@code v} is stored as this type: whole numbers wrap around. */
  long narrow(long v) {
    return switch (this) {
      case INT8 -> (byte) v;
      case UINT8 -> v & 0xff;
      case INT16 -> (short) v;
      case UINT16 -> v & 0xffff;
      case INT32 -> (int) v;
      case UINT32 -> v & 0xffff_ffffL;
      case BOOL -> v == 0 ? 0 : 1;
      default -> v;
    };
  }
}
