package dev.bagel.tensor.io;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The type of one element in a file, and how its bytes are read.
 *
 * <p>NumPy's letters name the members; safetensors names the same types otherwise and adds {@link
 * #BF16}, which NumPy lacks. The byte order is that of the {@link ByteBuffer}.
 */
public enum Dtype {
  /** Half precision, IEEE 754 binary16. */
  F2(2, false),
  /** The upper half of a {@code float}. */
  BF16(2, false),
  /** {@code float}. */
  F4(4, false),
  /** {@code double}. */
  F8(8, false),
  /** Signed byte. */
  I1(1, true),
  /** Signed 16-bit integer. */
  I2(2, true),
  /** {@code int}. */
  I4(4, true),
  /** {@code long}. */
  I8(8, true),
  /** Unsigned byte. */
  U1(1, true),
  /** Unsigned 16-bit integer. */
  U2(2, true),
  /** Unsigned 32-bit integer. */
  U4(4, true),
  /** Unsigned 64-bit integer; values from 2⁶³ on are refused by the readers. */
  U8(8, true),
  /** Boolean, one byte: 0 is false, everything else is true and read as 1. */
  B1(1, true);

  private final int width;
  private final boolean integer;

  Dtype(int width, boolean integer) {
    this.width = width;
    this.integer = integer;
  }

  /** Bytes per element. */
  public int width() {
    return width;
  }

  /** Whether the elements are whole numbers (booleans count as 0 and 1). */
  public boolean isInteger() {
    return integer;
  }

  /** The member that NumPy writes as {@code letters}, such as {@code f4}. */
  static Optional<Dtype> numpy(String letters) {
    for (Dtype t : values()) {
      if (t != BF16 && t.letters().equals(letters)) {
        return Optional.of(t);
      }
    }
    return Optional.empty();
  }

  /** NumPy's name without the byte order: {@code f4}. */
  String letters() {
    return Character.toLowerCase(name().charAt(0)) + name().substring(1);
  }

  /** The next element of {@code in} as a {@code double}; 64-bit integers are rounded. */
  public double real(ByteBuffer in) {
    return switch (this) {
      case F2 -> half(in.getShort());
      case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
      case F4 -> in.getFloat();
      case F8 -> in.getDouble();
      default -> integer(in);
    };
  }

  /** The next element of {@code in}, which must be of an integer type, as a {@code long}. */
  public long integer(ByteBuffer in) {
    return switch (this) {
      case I1 -> in.get();
      case I2 -> in.getShort();
      case I4 -> in.getInt();
      case I8, U8 -> in.getLong();
      case U1 -> Byte.toUnsignedLong(in.get());
      case U2 -> Short.toUnsignedLong(in.getShort());
      case U4 -> Integer.toUnsignedLong(in.getInt());
      case B1 -> in.get() != 0 ? 1 : 0;
      default -> throw new IllegalStateException(this + " is not an integer type");
    };
  }

  /** Reads {@code count} elements of {@code in} into {@code to}, rounded to {@code float}. */
  public void floats(ByteBuffer in, float[] to, int from, int count) {
    if (this == F4) { // most of what is ever read, and bit for bit, NaNs included
      in.asFloatBuffer().get(to, from, count);
      in.position(in.position() + 4 * count);
      return;
    }
    for (int i = from; i < from + count; i++) {
      // an integer goes to float in one rounding, not by way of double in two
      to[i] = integer ? (float) integer(in) : (float) real(in);
    }
  }

  /** IEEE 754 binary16 to binary32; Java has this from version 20 on. */
  private static float half(short bits) {
    int exponent = bits >>> 10 & 31;
    int mantissa = bits & 1023;
    float magnitude;
    if (exponent == 0) {
      magnitude = mantissa * 0x1p-24f; // subnormal
    } else if (exponent == 31) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat((exponent + 112) << 23 | mantissa << 13);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
