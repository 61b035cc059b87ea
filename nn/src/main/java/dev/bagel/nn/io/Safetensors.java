package dev.bagel.nn.io;

import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.AtomicFile;
import dev.bagel.tensor.io.EntryNames;
import dev.bagel.tensor.io.FormatException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named tensors and a few words about them: the content of a safetensors file.
 *
 * <pre>
 *   length of the header, 8 bytes, little-endian │ header, JSON │ data, little-endian, row-major
 * </pre>
 *
 * <p>Format: huggingface/safetensors, "Format". Read: {@code F32}, and {@code F16 BF16 F64 I8 I16
 * I32 I64 U8 U16 U32 BOOL} rounded to float. Written: {@code F32}, bit for bit, in the order of the
 * map, so that equal values make equal files.
 *
 * @param tensors by name, in order
 * @param metadata free text by key; written in the order of the keys
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** The longest header, in bytes: that of the reference implementation. */
  public static final int LONGEST_HEADER = 100_000_000;

  private static final int CHUNK = 1 << 16;

  /**
   * Takes copies of both maps.
   *
   * @throws IllegalArgumentException for a name or a text that {@link #read(Path)} would refuse
   */
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    metadata.forEach(
        (key, text) -> {
          requireUtf8(key);
          requireUtf8(text);
        });
    for (String name : tensors.keySet()) {
      if (name.equals(SafetensorsHeader.METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be named " + name);
      }
      EntryNames.flaw(name)
          .ifPresent(
              flaw -> {
                throw new IllegalArgumentException("the name of a tensor: " + flaw);
              });
    }
  }

  private static void requireUtf8(String s) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(s)) {
      throw new IllegalArgumentException("metadata with half a surrogate pair cannot be written");
    }
  }

  /** These tensors without metadata. */
  public static Safetensors of(Map<String, Tensor> tensors) {
    return new Safetensors(tensors, Map.of());
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not, to the last byte, what the format says
   */
  public static Safetensors read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), CHUNK)) {
      return read(in, channel.size(), file.toString());
    }
  }

  /**
   * Reads what {@link #toBytes} wrote; errors name it {@code source}.
   *
   * @throws FormatException if it is not, to the last byte, what the format says
   */
  public static Safetensors read(byte[] bytes, String source) throws FormatException {
    try {
      return read(new ByteArrayInputStream(bytes), bytes.length, source);
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory does not fail", e);
    }
  }

  /** Writes a file, whole or not at all: see {@link AtomicFile}. */
  public void write(Path file) throws IOException {
    AtomicFile.write(file, this::write);
  }

  /** The content of a file. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static Safetensors read(InputStream in, long bytes, String source) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8) {
      throw FormatException.at(
          source, start.length, "the file ends in its first 8 bytes", "copy it again");
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > LONGEST_HEADER || length > bytes - 8) {
      throw FormatException.at(
          source,
          0,
          "a header of "
              + Long.toUnsignedString(length)
              + " bytes in a file of "
              + bytes
              + " (at most "
              + LONGEST_HEADER
              + ")",
          "this is no safetensors file, or it was cut off");
    }
    byte[] json = in.readNBytes((int) length);
    if (json.length < length || json[0] != '{') {
      throw FormatException.at(
          source, 8, "no header that begins with '{'", "this is no safetensors file");
    }
    SafetensorsHeader header = SafetensorsHeader.parse(json, bytes - 8 - length, source);
    Map<String, Tensor> found = new HashMap<>();
    for (SafetensorsHeader.Slot slot : header.byPlace()) {
      found.put(slot.name(), tensor(slot, in, 8 + length, source));
    }
    Map<String, Tensor> inOrder = new LinkedHashMap<>();
    for (SafetensorsHeader.Slot slot : header.slots()) {
      inOrder.put(slot.name(), found.get(slot.name()));
    }
    return new Safetensors(inOrder, header.metadata());
  }

  private static Tensor tensor(
      SafetensorsHeader.Slot slot, InputStream in, long dataAt, String source) throws IOException {
    float[] values = new float[slot.shape().size()]; // its bytes are in the file: parse saw to that
    int width = slot.dtype().width();
    byte[] chunk = new byte[(int) Math.min(CHUNK, slot.end() - slot.begin())];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < values.length; ) {
      int count = Math.min(CHUNK / width, values.length - done);
      int got = in.readNBytes(chunk, 0, count * width);
      if (got < count * width) {
        throw FormatException.at(
            source,
            dataAt + slot.begin() + (long) done * width + got,
            "the file became shorter while it was read",
            "read it again");
      }
      slot.dtype().floats(buffer.clear(), values, done, count);
      done += count;
    }
    return Tensor.wrap(slot.shape(), values);
  }

  private void write(OutputStream out) throws IOException {
    byte[] header = SafetensorsHeader.bytes(tensors, metadata);
    if (header.length > LONGEST_HEADER) {
      throw new IOException("a header of " + header.length + " bytes: the format ends at 100 MB");
    }
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    out.write(buffer.putLong(header.length).array(), 0, 8);
    out.write(header);
    for (Tensor t : tensors.values()) {
      float[] values = t.array();
      for (int done = 0; done < values.length; ) {
        int count = Math.min(CHUNK / 4, values.length - done);
        buffer.clear().asFloatBuffer().put(values, done, count);
        out.write(buffer.array(), 0, 4 * count);
        done += count;
      }
    }
  }
}
