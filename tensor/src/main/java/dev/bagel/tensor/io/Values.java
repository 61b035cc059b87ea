package dev.bagel.tensor.io;

import java.nio.ByteBuffer;

/** The elements of an array in the narrowest Java array that holds all values of their type. */
sealed interface Values {
  /** Zeros to be filled by {@link #read}. */
  static Values zeros(Dtype type, int size) {
    return switch (type) {
      case F2, BF16, F4 -> new Floats(new float[size]);
      case F8 -> new Doubles(new double[size]);
      case U1, B1 -> new Bytes(new byte[size]);
      case I1, I2, U2, I4 -> new Ints(new int[size]);
      case U4, I8, U8 -> new Longs(new long[size]);
    };
  }

  /** Bytes of memory per element that {@link #zeros} takes. */
  static int width(Dtype type) {
    return switch (type) {
      case F2, BF16, F4, I1, I2, U2, I4 -> 4;
      case F8, U4, I8, U8 -> 8;
      case U1, B1 -> 1;
    };
  }

  int size();

  /** Takes {@code count} elements of {@code type} from {@code in} to index {@code from} on. */
  void read(Dtype type, ByteBuffer in, int from, int count);

  /** Appends {@code count} elements from index {@code from} on to {@code out}. */
  void write(ByteBuffer out, int from, int count);

  double real(int i);

  long integer(int i);

  /** The values in another order. */
  Values inOrder(FortranOrder order);

  /** Elements of {@code f2 bf16 f4}. */
  record Floats(float[] v) implements Values {
    @Override
    public int size() {
      return v.length;
    }

    @Override
    public void read(Dtype type, ByteBuffer in, int from, int count) {
      type.floats(in, v, from, count);
    }

    @Override
    public void write(ByteBuffer out, int from, int count) {
      for (int i = from; i < from + count; i++) {
        out.putFloat(v[i]);
      }
    }

    @Override
    public double real(int i) {
      return v[i];
    }

    @Override
    public long integer(int i) {
      return (long) v[i];
    }

    @Override
    public Values inOrder(FortranOrder order) {
      float[] w = new float[v.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = v[order.next()];
      }
      return new Floats(w);
    }
  }

  /** Elements of {@code f8}. */
  record Doubles(double[] v) implements Values {
    @Override
    public int size() {
      return v.length;
    }

    @Override
    public void read(Dtype type, ByteBuffer in, int from, int count) {
      for (int i = from; i < from + count; i++) {
        v[i] = type.real(in);
      }
    }

    @Override
    public void write(ByteBuffer out, int from, int count) {
      for (int i = from; i < from + count; i++) {
        out.putDouble(v[i]);
      }
    }

    @Override
    public double real(int i) {
      return v[i];
    }

    @Override
    public long integer(int i) {
      return (long) v[i];
    }

    @Override
    public Values inOrder(FortranOrder order) {
      double[] w = new double[v.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = v[order.next()];
      }
      return new Doubles(w);
    }
  }

  /** Elements of {@code u1 b1}: unsigned. */
  record Bytes(byte[] v) implements Values {
    @Override
    public int size() {
      return v.length;
    }

    @Override
    public void read(Dtype type, ByteBuffer in, int from, int count) {
      for (int i = from; i < from + count; i++) {
        v[i] = (byte) type.integer(in);
      }
    }

    @Override
    public void write(ByteBuffer out, int from, int count) {
      out.put(v, from, count);
    }

    @Override
    public double real(int i) {
      return integer(i);
    }

    @Override
    public long integer(int i) {
      return Byte.toUnsignedLong(v[i]);
    }

    @Override
    public Values inOrder(FortranOrder order) {
      byte[] w = new byte[v.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = v[order.next()];
      }
      return new Bytes(w);
    }
  }

  /** Elements of {@code i1 i2 u2 i4}. */
  record Ints(int[] v) implements Values {
    @Override
    public int size() {
      return v.length;
    }

    @Override
    public void read(Dtype type, ByteBuffer in, int from, int count) {
      for (int i = from; i < from + count; i++) {
        v[i] = (int) type.integer(in);
      }
    }

    @Override
    public void write(ByteBuffer out, int from, int count) {
      for (int i = from; i < from + count; i++) {
        out.putInt(v[i]);
      }
    }

    @Override
    public double real(int i) {
      return v[i];
    }

    @Override
    public long integer(int i) {
      return v[i];
    }

    @Override
    public Values inOrder(FortranOrder order) {
      int[] w = new int[v.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = v[order.next()];
      }
      return new Ints(w);
    }
  }

  /** Elements of {@code u4 i8 u8}. */
  record Longs(long[] v) implements Values {
    @Override
    public int size() {
      return v.length;
    }

    @Override
    public void read(Dtype type, ByteBuffer in, int from, int count) {
      for (int i = from; i < from + count; i++) {
        v[i] = type.integer(in);
      }
    }

    @Override
    public void write(ByteBuffer out, int from, int count) {
      for (int i = from; i < from + count; i++) {
        out.putLong(v[i]);
      }
    }

    @Override
    public double real(int i) {
      return v[i];
    }

    @Override
    public long integer(int i) {
      return v[i];
    }

    @Override
    public Values inOrder(FortranOrder order) {
      long[] w = new long[v.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = v[order.next()];
      }
      return new Longs(w);
    }
  }
}
