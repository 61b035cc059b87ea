package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Cost;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A journal in a file that only grows: a header that says of which experiment it is, then a record
 * for each batch, each with its length and its checksum. What a kill leaves unfinished at the end
 * is cut off.
 */
public final class FileJournal implements Journal {
  private final Path file;
  private final Map<String, Entry> entries = new HashMap<>();

  private FileJournal(Path file) {
    this.file = file;
  }

  /**
   * Opens the journal of an experiment; one of another experiment is begun anew.
   *
   * @param experiment all that decides the results, as text
   */
  public static FileJournal open(Path file, String experiment) throws IOException {
    FileJournal journal = new FileJournal(file);
    byte[] header = framed(experiment.getBytes(StandardCharsets.UTF_8));
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    int end = header.length;
    if (bytes.length >= end && Arrays.equals(header, 0, end, bytes, 0, end)) {
      end = journal.read(bytes, end);
      if (end < bytes.length) {
        Files.write(file, Arrays.copyOf(bytes, end));
      }
    } else {
      Files.write(file, header);
    }
    return journal;
  }

  /** How many batches are remembered. */
  public int size() {
    return entries.size();
  }

  @Override
  public Optional<Entry> recalled(String leg, int from) {
    return Optional.ofNullable(entries.get(key(leg, from)));
  }

  @Override
  public void note(String leg, int from, Entry entry) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(new DataOutputStream(bytes), key(leg, from), entry);
    Files.write(file, framed(bytes.toByteArray()), StandardOpenOption.APPEND);
    entries.put(key(leg, from), entry);
  }

  private static String key(String leg, int from) {
    return leg + " " + from;
  }

  /** Length, checksum, content. */
  private static byte[] framed(byte... content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(content.length);
      out.writeInt((int) crc.getValue());
      out.write(content);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Reads whole records; returns where the last one ends. */
  private int read(byte[] bytes, int begin) throws IOException {
    int at = begin;
    while (at + 8 <= bytes.length) {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, at, 8));
      int length = in.readInt();
      int sum = in.readInt();
      if (length < 0 || length > bytes.length - at - 8) {
        return at;
      }
      CRC32 crc = new CRC32();
      crc.update(bytes, at + 8, length);
      if ((int) crc.getValue() != sum) {
        return at;
      }
      try {
        read(new DataInputStream(new ByteArrayInputStream(bytes, at + 8, length)));
      } catch (EOFException e) {
        return at;
      }
      at += 8 + length;
    }
    return at;
  }

  private static void write(DataOutputStream out, String key, Entry e) throws IOException {
    out.writeUTF(key);
    out.writeInt(e.predicted().length);
    for (int i = 0; i < e.predicted().length; i++) {
      out.writeInt(e.predicted()[i]);
      out.writeDouble(e.distance()[i]);
      out.writeBoolean(e.fooled()[i]);
    }
    int[] dims = e.x().shape().toArray();
    out.writeInt(dims.length);
    for (int d : dims) {
      out.writeInt(d);
    }
    for (int i = 0; i < e.x().size(); i++) {
      out.writeFloat(e.x().get(i));
    }
    out.writeLong(e.cost().gradients());
    out.writeLong(e.cost().forwards());
    out.writeDouble(e.seconds());
  }

  private void read(DataInputStream in) throws IOException {
    String key = in.readUTF();
    int n = in.readInt();
    int[] predicted = new int[n];
    double[] distance = new double[n];
    boolean[] fooled = new boolean[n];
    for (int i = 0; i < n; i++) {
      predicted[i] = in.readInt();
      distance[i] = in.readDouble();
      fooled[i] = in.readBoolean();
    }
    int[] dims = new int[in.readInt()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = in.readInt();
    }
    Shape shape = Shape.of(dims);
    float[] x = new float[shape.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = in.readFloat();
    }
    Cost cost = new Cost(in.readLong(), in.readLong());
    entries.put(
        key, new Entry(predicted, distance, fooled, Tensor.wrap(shape, x), cost, in.readDouble()));
  }
}
