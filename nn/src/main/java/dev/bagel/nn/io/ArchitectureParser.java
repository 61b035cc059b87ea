package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.io.FormatException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the grammar of {@link Architecture}, front to back; the types of the fields steer it. */
final class ArchitectureParser {
  private static final Pattern INT = Pattern.compile("-?[0-9]{1,10}");
  private static final Pattern FLOAT =
      Pattern.compile("-?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?");

  private final String text;
  private final String source;
  private int at;
  private int depth;

  ArchitectureParser(String text, String source) {
    this.text = text;
    this.source = source;
  }

  /** The layer that is the whole text. */
  Layer whole() throws FormatException {
    Layer net = layer();
    if (start() < text.length()) {
      throw wrong(at, "more text after the end", "one layer is the whole text");
    }
    return net;
  }

  private Layer layer() throws FormatException {
    int from = start();
    String name = word();
    Layer constant = Architecture.constants().get(name);
    if (constant != null) {
      return constant;
    }
    Class<?> type = Architecture.records().get(name);
    if (type == null) {
      throw wrong(
          from,
          name.isEmpty() ? "no layer" : "the unknown layer '" + name + "'",
          "known are "
              + String.join(", ", Architecture.records().keySet())
              + ", "
              + String.join(", ", Architecture.constants().keySet()));
    }
    if (++depth > Architecture.DEEPEST + 1) {
      throw wrong(from, "layers in layers", "at most " + Architecture.DEEPEST + " deep");
    }
    expect('(');
    RecordComponent[] fields = type.getRecordComponents();
    Object[] values = fields.length == 1 ? new Object[] {value(fields[0])} : named(name, fields);
    expect(')');
    depth--;
    return made(type, fields, values, from);
  }

  private Object[] named(String layer, RecordComponent[] fields) throws FormatException {
    Object[] values = new Object[fields.length];
    List<String> names = Arrays.stream(fields).map(RecordComponent::getName).toList();
    if (fields.length == 0) {
      return values;
    }
    do {
      int from = start();
      String name = word();
      int i = names.indexOf(name);
      if (i < 0 || values[i] != null) {
        throw wrong(
            from,
            (i < 0 ? "the unknown field '" : "a second field '") + name + "' of " + layer,
            "its fields are " + String.join(", ", names));
      }
      expect('=');
      values[i] = value(fields[i]);
    } while (skip(','));
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        throw wrong(
            at,
            layer + " without its field '" + names.get(i) + "'",
            "its fields are " + String.join(", ", names));
      }
    }
    return values;
  }

  private Object value(RecordComponent field) throws FormatException {
    if (field.getGenericType() instanceof ParameterizedType list) {
      return list(list.getActualTypeArguments()[0]);
    }
    return single(field.getType());
  }

  private List<Object> list(Type element) throws FormatException {
    List<Object> values = new ArrayList<>();
    expect('[');
    if (!skip(']')) {
      do {
        values.add(single((Class<?>) element));
      } while (skip(','));
      expect(']');
    }
    return values;
  }

  private Object single(Class<?> type) throws FormatException {
    if (type == Layer.class) {
      return layer();
    }
    int from = start();
    String word = word();
    if (type == int.class || type == Integer.class) {
      return whole(word, from);
    } else if (type == float.class || type == Float.class) {
      return number(word, from);
    } else if (type == boolean.class) {
      if (!word.equals("true") && !word.equals("false")) {
        throw wrong(from, "'" + word + "'", "true or false is expected");
      }
      return word.equals("true");
    }
    Object[] known = type.getEnumConstants(); // a test sees to it that there is no other type
    for (Object constant : known) {
      if (((Enum<?>) constant).name().equals(word)) {
        return constant;
      }
    }
    throw wrong(from, "'" + word + "'", "one of " + Arrays.toString(known) + " is expected");
  }

  private Integer whole(String word, int from) throws FormatException {
    long value = INT.matcher(word).matches() ? Long.parseLong(word) : Long.MAX_VALUE;
    if (value != (int) value) {
      throw wrong(from, "'" + word + "'", "a whole number of 32 bits is expected");
    }
    return (int) value;
  }

  private Float number(String word, int from) throws FormatException {
    float value = FLOAT.matcher(word).matches() ? Float.parseFloat(word) : Float.NaN;
    if (!Float.isFinite(value)) {
      throw wrong(from, "'" + word + "'", "a finite number is expected");
    }
    return value;
  }

  private Layer made(Class<?> type, RecordComponent[] fields, Object[] values, int from)
      throws FormatException {
    try {
      Class<?>[] types =
          Arrays.stream(fields).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      return (Layer) canonical.newInstance(values);
    } catch (InvocationTargetException e) {
      String why = String.valueOf(e.getCause().getMessage());
      throw wrong(from, why, "write other values").because(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a layer is a public record: " + type, e);
    }
  }

  // ---- characters
  // ---------------------------------------------------------------------------------

  /** Takes letters, digits and what numbers consist of; possibly none. */
  private String word() {
    int from = start();
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  private static boolean isWordPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_.+-".indexOf(c) >= 0;
  }

  private void expect(char c) throws FormatException {
    if (!skip(c)) {
      String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
      throw wrong(at, found, "'" + c + "' is expected");
    }
  }

  private boolean skip(char c) {
    boolean there = peek() == c;
    at += there ? 1 : 0;
    return there;
  }

  /** The next character that is no space; 0 at the end. */
  private char peek() {
    return start() < text.length() ? text.charAt(at) : 0;
  }

  /** Skips spaces; where the next token begins. */
  private int start() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private FormatException wrong(int where, String what, String fix) {
    return FormatException.of(source, "character " + where + " of the architecture", what, fix);
  }
}
