package dev.bagel.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's archive of named arrays: a ZIP file of {@link Npy} files.
 *
 * <pre>{@code
 * Npz npz = Npz.open(Path.of("weights.npz"));
 * Tensor w = npz.array("0.weight").tensor();
 * }</pre>
 *
 * <p>Opening reads and checks the directory alone; each array is read when it is asked for, and
 * there is nothing to close. An archive is refused at once if its arrays are larger together than a
 * limit, {@link #LIMIT} if none is given; an array larger than the heap is refused before it is
 * allocated.
 *
 * <p>What is written depends on the names, their order and the values alone: no time, no user.
 */
public final class Npz {
  /** The default limit for all arrays of an archive together, in bytes: 8 GiB. */
  public static final long LIMIT = 8L << 30;

  // A deflated entry larger than this is unpacked once for its true length and CRC before memory
  // is taken for it: what it declares may be a thousand times what is there.
  private static final long TRUSTED = 16 << 20;

  // ZIP's first day is 1 January 1980, but Java takes that one for "earlier" and adds a field that
  // depends on the time zone.
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 2, 1, 0, 0);
  private static final String SUFFIX = ".npy";

  /** Opens the archive, again and again. */
  @FunctionalInterface
  interface Opener {
    SeekableByteChannel open() throws IOException;
  }

  /** How the arrays of an archive are packed: {@code numpy.savez} and {@code savez_compressed}. */
  public enum Packing {
    /** As they are: fast, and weights hardly shrink. */
    STORED,
    /** Deflated. */
    DEFLATED
  }

  private final String source;
  private final Opener opener;
  private final Map<String, ZipDirectory.Entry> entries;

  private Npz(String source, Opener opener, Map<String, ZipDirectory.Entry> entries) {
    this.source = source;
    this.opener = opener;
    this.entries = entries;
  }

  /**
   * The archive in a file.
   *
   * @throws FormatException if it is no archive of arrays, or one of more than {@link #LIMIT} bytes
   */
  public static Npz open(Path file) throws IOException {
    return open(file, LIMIT);
  }

  /**
   * The archive in a file.
   *
   * @param limit the most bytes that its arrays may have together, unpacked
   * @throws FormatException if it is no archive of arrays, or a larger one
   */
  public static Npz open(Path file, long limit) throws IOException {
    return open(() -> Files.newByteChannel(file), file.toString(), limit);
  }

  static Npz open(Opener opener, String source, long limit) throws IOException {
    Map<String, ZipDirectory.Entry> entries = new LinkedHashMap<>();
    long total = 0;
    try (SeekableByteChannel file = opener.open()) {
      for (ZipDirectory.Entry e : ZipDirectory.read(file, source).values()) {
        if (!e.name().endsWith(SUFFIX)) {
          throw FormatException.of(
              source,
              "entry " + e.name(),
              "an entry that is no array",
              "an .npz holds .npy files only");
        }
        total += e.size(); // at most 10,000 times 1032 times the file: no overflow
        if (total > limit) {
          throw FormatException.of(
              source,
              "entry " + e.name(),
              "more than " + limit + " bytes when unpacked",
              "if you trust the file, raise the limit of Npz.open");
        }
        entries.put(e.name().substring(0, e.name().length() - SUFFIX.length()), e);
      }
    }
    return new Npz(source, opener, entries);
  }

  /** The names of the arrays, without {@code .npy}, in the order of the archive. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /**
   * Reads one array.
   *
   * @throws NoSuchElementException if there is none of this name; the message has those that are
   * @throws FormatException if its bytes are not what they should be
   */
  public NpyArray array(String name) throws IOException {
    ZipDirectory.Entry entry = entries.get(name);
    if (entry == null) {
      throw new NoSuchElementException(source + " has no array '" + name + "': " + names());
    }
    HeapLimit.check(entry.size(), source + "(" + entry.name() + ")");
    try (SeekableByteChannel file = opener.open()) {
      if (entry.deflated() && entry.size() > TRUSTED) {
        try (InputStream in = new ZipEntryStream(file, entry, source)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      try (InputStream in = new ZipEntryStream(file, entry, source)) {
        return Npy.read(in, entry.size(), source + "(" + entry.name() + ")");
      }
    }
  }

  /** Reads all arrays, in the order of the archive. */
  public Map<String, NpyArray> arrays() throws IOException {
    Map<String, NpyArray> all = new LinkedHashMap<>();
    for (String name : names()) {
      all.put(name, array(name));
    }
    return Collections.unmodifiableMap(all);
  }

  @Override
  public String toString() {
    return source + " " + names();
  }

  /**
   * Writes an archive, whole or not at all.
   *
   * @throws IllegalArgumentException for a name that {@link #open(Path)} would refuse
   */
  public static void write(Path file, Map<String, NpyArray> arrays, Packing packing)
      throws IOException {
    checkNames(arrays);
    AtomicFile.write(file, out -> write(out, arrays, packing));
  }

  /** The content of a file with {@code arrays} in it. */
  public static byte[] bytes(Map<String, NpyArray> arrays, Packing packing) {
    checkNames(arrays);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out, arrays, packing);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static void checkNames(Map<String, NpyArray> arrays) {
    if (arrays.size() > ZipDirectory.MOST_ENTRIES) {
      throw new IllegalArgumentException(
          arrays.size() + " arrays: an archive holds at most " + ZipDirectory.MOST_ENTRIES);
    }
    List<String> flaws = new ArrayList<>();
    for (String name : arrays.keySet()) {
      EntryNames.flaw(name + SUFFIX).ifPresent(flaws::add);
    }
    if (!flaws.isEmpty()) {
      throw new IllegalArgumentException("names in an .npz: " + flaws);
    }
  }

  // The ZIP stream is finished and not closed: the one below belongs to the caller.
  @SuppressWarnings("resource")
  private static void write(OutputStream out, Map<String, NpyArray> arrays, Packing packing)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, NpyArray> e : arrays.entrySet()) {
      ZipEntry entry = new ZipEntry(e.getKey() + SUFFIX);
      entry.setTimeLocal(EPOCH);
      if (packing == Packing.STORED) {
        CRC32 crc = new CRC32();
        Npy.write(new CheckedOutputStream(OutputStream.nullOutputStream(), crc), e.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(Npy.length(e.getValue()));
        entry.setCrc(crc.getValue());
      }
      zip.putNextEntry(entry);
      Npy.write(zip, e.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }
}
