package dev.bagel.tensor.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Damages valid files and holds a reader to its word: success, or one {@link FormatException} of
 * one line; within 50 ms of the processor; and without taking memory for what a file merely claims.
 *
 * <pre>
 *   mvn verify -Dgroups=hostile -Dtests.mutations=200000 -Dtests.heap=512m
 * </pre>
 *
 * <p>runs 200,000 damaged files of every format in half a gigabyte and prints what was seen.
 */
public final class Mutations {
  /** How many files {@link #random} makes of each format. */
  private static final int COUNT = Integer.getInteger("tests.mutations", 4_000);

  private static final boolean REPORTED = Integer.getInteger("tests.mutations") != null;
  private static final long SEED =
      Long.parseUnsignedLong(System.getProperty("tests.seed", "5a17"), 16);
  private static final long LONGEST = 50_000_000; // ns

  /** What a message, a decoder's tables or a chunk may take, however short a file is. */
  private static final long SMALL = 2 << 20;

  private static final int WARM_UP = 50;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    7,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    1L << 30,
    Integer.MAX_VALUE,
    1L << 31,
    0xFFFFFFFFL,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2
  };

  /** Reads a whole file. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] file) throws IOException;
  }

  /** Damages a file. */
  @FunctionalInterface
  public interface Damage {
    byte[] to(byte[] file, SplittableRandom random);
  }

  private final String format;
  private final Reader reader;
  private final int share;
  private final long bytesPerByte;
  private final long bytesMore;
  private long files;
  private long refused;
  private long slowest; // ns
  private long largest; // bytes

  private Mutations(String format, Reader reader, int share, long bytesPerByte, long bytesMore) {
    this.format = format;
    this.reader = reader;
    this.share = share;
    this.bytesPerByte = bytesPerByte;
    this.bytesMore = bytesMore;
  }

  /** Files of a format, that {@code reader} reads. */
  public static Mutations of(String format, Reader reader) {
    return new Mutations(format, reader, 1, 64, 0);
  }

  /** The same with more memory for each byte of a file, as what is packed needs. */
  public Mutations unpacking(int ratio) {
    return new Mutations(format, reader, share, ratio, bytesMore);
  }

  /** The same with so much more memory for any file. */
  public Mutations taking(long bytes) {
    return new Mutations(format, reader, share, bytesPerByte, bytes);
  }

  /** The same with so many times fewer random changes, for a slow reader. */
  public Mutations fewer(int times) {
    return new Mutations(format, reader, times, bytesPerByte, bytesMore);
  }

  /** Every proper prefix is refused. */
  public Mutations everyPrefix(byte[] valid) {
    warmUp(valid);
    for (int n = 0; n < valid.length; n++) {
      byte[] prefix = Arrays.copyOf(valid, n);
      String what = "prefix of " + n + " bytes";
      assertTrue(attempt(prefix, what), what + " is no whole file");
    }
    return this;
  }

  /** Every proper prefix is read or refused, of a format whose files may end in several places. */
  public Mutations everyPrefixThatMayBeWhole(byte[] valid) {
    warmUp(valid);
    for (int n = 0; n < valid.length; n++) {
      attempt(Arrays.copyOf(valid, n), "prefix of " + n + " bytes");
    }
    return this;
  }

  /** Every file with one bit flipped is read or refused. */
  public Mutations everyBitFlip(byte[] valid) {
    return everyBitFlip(valid, valid.length);
  }

  /** The same for the first bytes only, where the rest is data. */
  public Mutations everyBitFlip(byte[] valid, int bytes) {
    warmUp(valid);
    for (int bit = 0; bit < 8 * bytes; bit++) {
      byte[] flipped = valid.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      attempt(flipped, "bit " + bit);
    }
    return this;
  }

  /** Files with one to four random changes are read or refused. */
  public Mutations random(byte[][] valid, String... tokens) {
    return random(valid, (file, random) -> mutated(file, tokens, random));
  }

  /** The same with changes of one's own. */
  public Mutations random(byte[][] valid, Damage damage) {
    for (byte[] file : valid) {
      warmUp(file);
    }
    for (int i = 0; i < COUNT / share; i++) {
      SplittableRandom random = new SplittableRandom(SEED + i);
      byte[] file = valid[random.nextInt(valid.length)];
      for (int k = random.nextInt(1, 5); k > 0; k--) {
        file = damage.to(file, random);
      }
      attempt(file, "repeat with -Dtests.seed=" + Long.toHexString(SEED + i));
    }
    return this;
  }

  /** How a file that was made by hand is refused; its costs are held to the same limits. */
  public FormatException refusal(byte[] file) {
    assertTrue(attempt(file, "this file"), "it is read");
    return assertThrows(FormatException.class, () -> reader.read(file));
  }

  /** A file that was made by hand and may be read; its costs are held to the same limits. */
  public Mutations readOrRefused(byte[] file, String what) {
    attempt(file, what);
    return this;
  }

  /** Prints what was seen, if many files were asked for. */
  public void report() {
    if (REPORTED) {
      System.out.printf(
          "hostile %-12s %,9d files, %5.1f %% refused, slowest %5.2f ms, most memory %,11d bytes%n",
          format, files, 100.0 * refused / Math.max(1, files), slowest / 1e6, largest);
    }
  }

  private void warmUp(byte[] valid) {
    for (int i = 0; i < WARM_UP; i++) {
      try {
        reader.read(valid);
      } catch (IOException e) {
        fail(format + ": the file to begin with is not read", e);
      }
    }
  }

  /** Whether a file is refused. */
  private boolean attempt(byte[] file, String what) {
    long most = SMALL + bytesMore + bytesPerByte * file.length;
    long time = Long.MAX_VALUE;
    long memory = Long.MAX_VALUE;
    boolean no = false;
    for (int i = 0; i < 3 && (time > LONGEST / 5 || memory > most); i++) { // or it was not the file
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      no = isRefused(file, what);
      time = Math.min(time, THREADS.getCurrentThreadCpuTime() - start);
      memory = Math.min(memory, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    if (time > LONGEST || memory > most) {
      String costs = ": %,d ns and %,d bytes for file ".formatted(time, memory);
      fail(what + costs + HexFormat.of().formatHex(file));
    }
    slowest = Math.max(slowest, time);
    largest = Math.max(largest, memory);
    files++;
    refused += no ? 1 : 0;
    return no;
  }

  private boolean isRefused(byte[] file, String what) {
    try {
      reader.read(file);
      return false;
    } catch (FormatException expected) {
      if (expected.getMessage().lines().count() != 1) {
        fail(what + ": a message of several lines: " + expected.getMessage());
      }
      return true;
    } catch (IOException | RuntimeException | Error e) {
      return fail(what + ", file " + HexFormat.of().formatHex(file), e);
    }
  }

  /** A number that is at the end of some type's range, or beyond. */
  public static long number(SplittableRandom random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static byte[] mutated(byte[] file, String[] tokens, SplittableRandom random) {
    int at = random.nextInt(file.length + 1);
    int length = Math.min(file.length - at, random.nextInt(1, 33));
    byte[] token = tokens[random.nextInt(tokens.length)].getBytes(StandardCharsets.ISO_8859_1);
    return switch (random.nextInt(8)) {
      case 0 -> spliced(file, at, 0, token);
      case 1 -> spliced(file, at, token.length, token);
      case 2 -> spliced(file, at, length, new byte[0]);
      case 3 -> spliced(file, at, 0, Arrays.copyOfRange(file, at, at + length));
      case 4 -> Arrays.copyOf(file, at);
      case 5, 6 -> {
        ByteBuffer number =
            ByteBuffer.allocate(8)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .putLong(number(random));
        int width = 1 << random.nextInt(4);
        int from = number.order() == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - width;
        yield spliced(file, at, width, Arrays.copyOfRange(number.array(), from, from + width));
      }
      default -> {
        byte[] copy = file.clone();
        if (at < copy.length) {
          copy[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield copy;
      }
    };
  }

  /** {@code file} with {@code drop} bytes at {@code at} replaced. */
  public static byte[] spliced(byte[] file, int at, int drop, byte[] with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, at);
    out.writeBytes(with);
    int rest = Math.min(file.length, at + drop);
    out.write(file, rest, file.length - rest);
    return out.toByteArray();
  }
}
