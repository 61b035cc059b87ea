package dev.bagel.adversarial.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents of maps, lists, texts and numbers; JSON has no NaN and no infinity, they are null. */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private static final long LARGEST = 16 << 20; // bytes of names

  private Json() {}

  /**
   * The texts in a file: the elements of an array of strings, or its lines.
   *
   * @throws FormatException if it is no text, or begins like an array and is none of strings
   */
  static List<String> lines(Path file) throws IOException {
    String content = text(file);
    if (!content.stripLeading().startsWith("[")) {
      return content.lines().toList();
    }
    try {
      return List.of(MAPPER.readValue(content, String[].class));
    } catch (JsonProcessingException | NullPointerException e) { // a null among the names
      throw FormatException.of(
              file.toString(), "its content", "no array of names", "as in [\"cat\", \"dog\"]")
          .because(e);
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && (!Files.isRegularFile(file) || Files.size(file) > LARGEST)) {
      String what = Files.isRegularFile(file) ? Files.size(file) + " bytes of names" : "no file";
      throw FormatException.of(file.toString(), "its size", what, "name a file with a few lines");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw FormatException.of(
              file.toString(), "its content", "no text in UTF-8", "save it again as UTF-8")
          .because(e);
    }
  }

  /** Prints {@code document} and a line break, in UTF-8 whatever the terminal's encoding is. */
  static void write(Map<String, ?> document, PrintStream out) {
    byte[] bytes = text(document).getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
    out.write('\n');
    out.flush();
  }

  static String text(Map<String, ?> document) {
    try {
      return MAPPER.writeValueAsString(plain(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document that is not JSON: " + document, e);
    }
  }

  private static Object plain(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      map.forEach((key, v) -> plain.put(String.valueOf(key), plain(v)));
      return plain;
    }
    if (value instanceof Collection<?> list) {
      List<Object> plain = new ArrayList<>();
      list.forEach(v -> plain.add(plain(v)));
      return plain;
    }
    if (value != null && value.getClass().isArray()) {
      List<Object> plain = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        plain.add(plain(Array.get(value, i)));
      }
      return plain;
    }
    if (value instanceof Double || value instanceof Float) {
      double d = ((Number) value).doubleValue();
      return Double.isFinite(d) ? value : null;
    }
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : value.toString();
  }
}
