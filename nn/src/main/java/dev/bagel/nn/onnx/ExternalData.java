package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The bytes of tensors that a large model keeps in files beside its own. A model may name files in
 * its own folder and in folders below that, and no others: it is not to read the rest of the disk.
 *
 * @param folder where the model is, or nothing if it did not come from a file
 */
record ExternalData(String source, Optional<Path> folder) {
  /** The bytes of a tensor that needs so many. */
  ByteBuffer read(TensorProto t, long needed, String where) throws FormatException {
    Map<String, String> entry = new HashMap<>();
    for (StringStringEntryProto e : t.getExternalDataList()) {
      entry.put(e.getKey(), e.getValue());
    }
    String location = entry.getOrDefault("location", "");
    Path home =
        folder.orElseThrow(
            () -> refused(where, location, "is beside the model, which came without its folder"));
    try {
      Path file = home.resolve(location).toRealPath(); // follows links, so that none leads out
      if (!file.startsWith(home.toRealPath()) || !Files.isRegularFile(file)) {
        throw refused(where, location, "is no file in the model's folder");
      }
      return read(file, entry, needed, where);
    } catch (InvalidPathException | ArithmeticException | NumberFormatException | IOException e) {
      if (e instanceof FormatException f) {
        throw f;
      }
      throw refused(where, location, "cannot be read: " + e.getMessage()).because(e);
    }
  }

  private ByteBuffer read(Path file, Map<String, String> entry, long needed, String where)
      throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      long offset = Long.parseLong(entry.getOrDefault("offset", "0"));
      String all = Long.toString(in.size() - offset);
      long length = Long.parseLong(entry.getOrDefault("length", all));
      if (offset < 0 || length < 0 || offset > in.size() || length > in.size() - offset) {
        throw refused(
            where,
            file.getFileName().toString(),
            "has " + in.size() + " bytes and not " + length + " from byte " + offset + " on");
      }
      if (length != needed) {
        throw refused(
            where,
            file.getFileName().toString(),
            "has " + length + " bytes for it, and its shape needs " + needed);
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
      while (bytes.hasRemaining() && in.read(bytes, offset + bytes.position()) >= 0) {
        // until all of it is there
      }
      return bytes.flip();
    }
  }

  private FormatException refused(String where, String file, String what) {
    return FormatException.of(
        source,
        where,
        "external data " + file + " " + what,
        "put it beside the model, or write the model as one file");
  }
}
