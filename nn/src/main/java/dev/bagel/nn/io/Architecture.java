package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.io.FormatException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Layers as text and back, for the metadata of a weights file.
 *
 * <pre>
 *   Sequential([Conv2d(in=1, out=16, kernelY=4, …, bias=true), RELU, Flatten(), Dense(in=…, out=10)])
 *
 *   layer   = record | constant
 *   record  = NAME "(" [ value | field { "," field } ] ")"     an only field goes without its name
 *   field   = NAME "=" value
 *   value   = whole number | number | "true" | "false" | layer | "[" [ value { "," value } ] "]"
 * </pre>
 *
 * <p>The names are those of the records of {@link Layer}'s closed family, of their components, and
 * of the constants of {@link dev.bagel.nn.layer.Activation}; they are found by reflection, so a new
 * layer needs nothing here. Fields may come in any order; all of them must come, once. A text is
 * not trusted: it names layers, never classes.
 */
public final class Architecture {
  /** The longest text, in characters. */
  public static final int LONGEST = 1 << 20;

  /** How deep layers may stand in layers. */
  public static final int DEEPEST = 64;

  private static final Map<String, Class<?>> RECORDS = new TreeMap<>();
  private static final Map<String, Layer> CONSTANTS = new TreeMap<>();

  static {
    for (Class<?> c : Layer.class.getPermittedSubclasses()) {
      if (c.isRecord()) {
        RECORDS.put(c.getSimpleName(), c);
      } else if (c.isEnum()) {
        for (Object constant : c.getEnumConstants()) {
          CONSTANTS.put(((Enum<?>) constant).name(), (Layer) constant);
        }
      }
    }
  }

  private Architecture() {}

  /**
   * The text of a network.
   *
   * @throws IllegalArgumentException if it cannot be written such that it can be read: it has a
   *     {@link Layer.Custom}, a number that is not finite, or is too deep or too long
   */
  public static String text(Layer net) {
    StringBuilder text = new StringBuilder();
    write(net, 0, text);
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "an architecture of " + text.length() + " characters: at most " + LONGEST);
    }
    return text.toString();
  }

  /**
   * The network of a text; errors name it {@code source}.
   *
   * @throws FormatException if it is no network; the message says where, and what is known
   */
  public static Layer parse(String text, String source) throws FormatException {
    if (text.length() > LONGEST) {
      throw FormatException.of(
          source,
          "character " + LONGEST,
          "an architecture of " + text.length() + " characters",
          "at most " + LONGEST + " are read");
    }
    return new ArchitectureParser(text, source).whole();
  }

  /** The records that layers are, by name. */
  static Map<String, Class<?>> records() {
    return Collections.unmodifiableMap(RECORDS);
  }

  /** The layers without fields that are constants, by name. */
  static Map<String, Layer> constants() {
    return Collections.unmodifiableMap(CONSTANTS);
  }

  private static void write(Layer layer, int depth, StringBuilder text) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("layers in layers, deeper than " + DEEPEST);
    }
    if (layer instanceof Enum<?> constant) {
      text.append(constant.name());
      return;
    }
    if (layer instanceof Layer.Custom) {
      throw new IllegalArgumentException(
          layer.getClass().getName()
              + " is a layer of your own: a file cannot hold it, and Safetensors can hold its"
              + " weights");
    }
    RecordComponent[] fields = layer.getClass().getRecordComponents();
    text.append(layer.getClass().getSimpleName()).append('(');
    for (int i = 0; i < fields.length; i++) {
      text.append(i > 0 ? ", " : "");
      text.append(fields.length > 1 ? fields[i].getName() + "=" : "");
      write(value(layer, fields[i]), depth, text);
    }
    text.append(')');
  }

  private static void write(Object value, int depth, StringBuilder text) {
    if (value instanceof Layer layer) {
      write(layer, depth + 1, text);
    } else if (value instanceof List<?> list) {
      text.append('[');
      for (int i = 0; i < list.size(); i++) {
        text.append(i > 0 ? ", " : "");
        write(list.get(i), depth, text);
      }
      text.append(']');
    } else if (value instanceof Float f && !Float.isFinite(f)) {
      throw new IllegalArgumentException("a layer with the number " + f);
    } else if (value instanceof Enum<?> constant) {
      text.append(constant.name());
    } else {
      text.append(value); // an int, a float, a boolean
    }
  }

  private static Object value(Layer layer, RecordComponent field) {
    try {
      return field.getAccessor().invoke(layer);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a record lets its components be read: " + field, e);
    }
  }
}
