package dev.bagel.tensor.io;

import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What stands before the numbers of a {@code .npy} file: magic, version, and a Python dictionary.
 *
 * <pre>
 *   93 'N' 'U' 'M' 'P' 'Y'  major minor  length (2 bytes in version 1, 4 in versions 2 and 3)
 *   {'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }    spaces, line feed
 * </pre>
 *
 * <p>Format: NEP 1, "A Simple File Format for NumPy Arrays", and {@code numpy.lib.format}.
 *
 * @param bytes the length of all that
 */
record NpyHeader(Dtype dtype, ByteOrder order, boolean fortran, Shape shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST = 1 << 16; // NumPy itself stops at 10,000
  private static final int MOST_AXES = 64; // NumPy's own limit

  /** Reads a header from the start of {@code in}. */
  static NpyHeader read(InputStream in, String source) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw FormatException.at(
          source, 0, "no NumPy magic", "this is not an .npy file; write one with numpy.save");
    }
    int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw FormatException.at(
          source,
          6,
          "version " + (start[6] & 255) + "." + (start[7] & 255),
          "versions 1.0, 2.0 and 3.0 are read");
    }
    int lengthBytes = version == 1 ? 2 : 4;
    byte[] field = in.readNBytes(lengthBytes);
    long length = 0;
    for (int i = field.length - 1; i >= 0; i--) {
      length = length << 8 | (field[i] & 255);
    }
    if (field.length < lengthBytes || length > LONGEST) {
      throw FormatException.at(
          source,
          8,
          field.length < lengthBytes ? "the file ends in its header" : length + " bytes of header",
          "a header has at most " + LONGEST + " bytes; save the array again");
    }
    byte[] text = in.readNBytes((int) length);
    int before = 8 + lengthBytes;
    if (text.length < length) {
      throw FormatException.at(
          source,
          before + text.length,
          "the file ends in its header",
          "it should have " + length + " bytes; copy the file again");
    }
    return new Parser(new String(text, StandardCharsets.ISO_8859_1), before, source).header();
  }

  /** The bytes that {@code numpy.save} (1.23 and later) writes before a little-endian array. */
  static byte[] bytes(Dtype type, Shape shape) {
    StringBuilder axes = new StringBuilder();
    for (int i = 0; i < shape.rank(); i++) {
      axes.append(i == 0 ? "" : ", ").append(shape.dim(i));
    }
    if (shape.rank() == 1) {
      axes.append(',');
    }
    String order = type.width() == 1 ? "|" : "<";
    StringBuilder text = new StringBuilder();
    text.append("{'descr': '").append(order).append(type.letters());
    text.append("', 'fortran_order': False, 'shape': (").append(axes).append("), }");
    if (shape.rank() > 0) { // NumPy leaves room for the first axis to grow to 21 digits
      text.append(" ".repeat(21 - String.valueOf(shape.dim(0)).length()));
    }
    text.append(" ".repeat(64 - (10 + text.length() + 1) % 64)).append('\n');
    byte[] body = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(MAGIC, 10 + body.length);
    all[6] = 1;
    all[8] = (byte) body.length;
    all[9] = (byte) (body.length >> 8);
    System.arraycopy(body, 0, all, 10, body.length);
    return all;
  }

  /** The dictionary: exactly three keys, each once, in any order. */
  private static final class Parser {
    private final String text;
    private final int before;
    private final String source;
    private int at;

    private String descr;
    private Boolean fortran;
    private Shape shape;

    Parser(String text, int before, String source) {
      this.text = text;
      this.before = before;
      this.source = source;
    }

    NpyHeader header() throws FormatException {
      expect('{');
      while (!skip('}')) {
        entry();
        if (!skip(',')) {
          expect('}');
          break;
        }
      }
      blank();
      if (at < text.length()) {
        throw wrong("text after the header's dictionary", "save the array again");
      }
      if (descr == null || fortran == null || shape == null) {
        throw wrong("descr, fortran_order or shape is missing", "save the array again");
      }
      return new NpyHeader(dtype(), order(), fortran, shape, before + text.length());
    }

    private void entry() throws FormatException {
      String key = string();
      expect(':');
      boolean again;
      switch (key) {
        case "descr" -> {
          again = descr != null;
          descr = description();
        }
        case "fortran_order" -> {
          again = fortran != null;
          fortran = bool();
        }
        case "shape" -> {
          again = shape != null;
          shape = tuple();
        }
        default -> throw wrong("the key '" + key + "'", "a header has descr, fortran_order, shape");
      }
      if (again) {
        throw wrong("the key '" + key + "' twice", "save the array again");
      }
    }

    private String description() throws FormatException {
      blank();
      if (at < text.length() && text.charAt(at) == '[') {
        throw wrong("a structured array", "save each of its fields as an array of its own");
      }
      return string();
    }

    private Dtype dtype() throws FormatException {
      String letters = descr.length() > 1 ? descr.substring(1) : "";
      if (letters.startsWith("O")) {
        throw wrong("pickled Python objects", "they are never read; save numbers");
      }
      Dtype type = Dtype.numpy(letters).orElse(null);
      char order = descr.isEmpty() ? '?' : descr.charAt(0);
      boolean ordered =
          order == '<' || order == '>' || (order == '|' && type != null && type.width() == 1);
      if (type == null || !ordered) {
        throw wrong("elements of type '" + descr + "'", "f2 f4 f8, i1 … i8, u1 … u8, b1 are read");
      }
      return type;
    }

    private ByteOrder order() {
      return descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private Shape tuple() throws FormatException {
      expect('(');
      int[] dims = new int[MOST_AXES];
      int rank = 0;
      while (!skip(')')) {
        if (rank == MOST_AXES) {
          throw wrong("more than " + MOST_AXES + " axes", "reshape the array");
        }
        dims[rank++] = length();
        if (!skip(',')) {
          expect(')');
          break;
        }
      }
      try {
        return Shape.of(Arrays.copyOf(dims, rank));
      } catch (ShapeException e) {
        throw wrong(e.getMessage(), "split the array").because(e);
      }
    }

    private int length() throws FormatException {
      blank();
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      String digits = text.substring(from, at);
      if (digits.isEmpty() || digits.length() > 10 || Long.parseLong(digits) > Integer.MAX_VALUE) {
        throw wrong("an axis length that is no number from 0 to 2147483647", "reshape the array");
      }
      skip('L'); // Python 2 wrote 60000L
      return Integer.parseInt(digits);
    }

    private boolean bool() throws FormatException {
      blank();
      for (String word : new String[] {"True", "False"}) {
        if (text.startsWith(word, at)) {
          at += word.length();
          return word.equals("True");
        }
      }
      throw wrong("fortran_order is neither True nor False", "save the array again");
    }

    private String string() throws FormatException {
      blank();
      char quote = at < text.length() ? text.charAt(at) : 0;
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        throw wrong("a string was expected", "save the array again");
      }
      String s = text.substring(at + 1, end);
      at = end + 1;
      return s;
    }

    private void expect(char c) throws FormatException {
      if (!skip(c)) {
        throw wrong("'" + c + "' was expected", "save the array again");
      }
    }

    private boolean skip(char c) {
      blank();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void blank() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) {
        at++;
      }
    }

    private FormatException wrong(String what, String fix) {
      return FormatException.at(source, before + at, what, fix);
    }
  }
}
