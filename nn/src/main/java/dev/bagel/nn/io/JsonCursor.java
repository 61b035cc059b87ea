package dev.bagel.nn.io;

import dev.bagel.tensor.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON (RFC 8259) from bytes, front to back, one token at a time; its caller knows what must
 * come next.
 *
 * <p>Only what a safetensors header has: objects, arrays, strings and whole numbers.
 */
final class JsonCursor {
  private final byte[] json;
  private final int before;
  private final String source;
  private int at;

  /**
   * A cursor at the start.
   *
   * @param before how many bytes of the file stand before {@code json}, for messages
   */
  JsonCursor(byte[] json, int before, String source) {
    this.json = json;
    this.before = before;
    this.source = source;
  }

  /** Takes {@code c} or fails. */
  void expect(char c) throws FormatException {
    if (!skip(c)) {
      throw wrong("'" + c + "' was expected");
    }
  }

  /** Takes {@code c} if it is next. */
  boolean skip(char c) {
    blank();
    if (at < json.length && json[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  /** Takes what may follow the last token: spaces. */
  void end() throws FormatException {
    while (at < json.length) {
      if (json[at] != ' ') {
        throw wrong("a byte after the header's end that is no space");
      }
      at++;
    }
  }

  /** Takes a whole number from 0 to 2⁶³ − 1. */
  long number() throws FormatException {
    blank();
    int from = at;
    long value = 0;
    while (at < json.length && json[at] >= '0' && json[at] <= '9') {
      int digit = json[at] - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw wrong("a number beyond 2^63");
      }
      value = 10 * value + digit;
      at++;
    }
    if (at == from || (json[from] == '0' && at > from + 1)) {
      throw wrong("a whole number was expected");
    }
    return value;
  }

  /** Takes a string. */
  String string() throws FormatException {
    expect('"');
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    while (true) {
      if (at == json.length) {
        throw wrong("a string without an end");
      }
      byte b = json[at++];
      if (b == '"') {
        return decoded(utf8.toByteArray());
      }
      if (b >= 0 && b < ' ') {
        throw wrong("a control character in a string");
      }
      if (b == '\\') {
        utf8.writeBytes(escape().getBytes(StandardCharsets.UTF_8));
      } else {
        utf8.write(b);
      }
    }
  }

  private String decoded(byte[] utf8) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("a string that is not UTF-8").because(e);
    }
  }

  private String escape() throws FormatException {
    int c = at < json.length ? json[at++] : -1;
    return switch (c) {
      case '"', '\\', '/' -> String.valueOf((char) c);
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'u' -> codePoint();
      default -> throw wrong("an unknown escape in a string");
    };
  }

  private String codePoint() throws FormatException {
    char first = hex4();
    if (!Character.isSurrogate(first)) {
      return String.valueOf(first);
    }
    if (Character.isHighSurrogate(first)
        && at + 1 < json.length
        && json[at] == '\\'
        && json[at + 1] == 'u') {
      at += 2;
      char second = hex4();
      if (Character.isLowSurrogate(second)) {
        return new String(new char[] {first, second});
      }
    }
    throw wrong("half of a surrogate pair");
  }

  private char hex4() throws FormatException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < json.length ? Character.digit(json[at], 16) : -1;
      if (digit < 0) {
        throw wrong("four hexadecimal digits were expected");
      }
      value = value << 4 | digit;
      at++;
    }
    return (char) value;
  }

  private void blank() {
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
  }

  FormatException wrong(String what) {
    return FormatException.at(
        source, before + at, what, "this is not a safetensors header; save the file again");
  }
}
