package dev.bagel.tensor.io;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Damages valid files and holds a reader to its word: success or {@link FormatException}. */
public final class Mutations {
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

  private Mutations() {}

  /** Every proper prefix is refused. */
  public static void everyPrefix(byte[] valid, Reader reader) {
    for (int n = 0; n < valid.length; n++) {
      byte[] prefix = Arrays.copyOf(valid, n);
      assertThrows(FormatException.class, () -> reader.read(prefix), "prefix of " + n + " bytes");
    }
  }

  /** Every file with one bit flipped is read or refused. */
  public static void everyBitFlip(byte[] valid, Reader reader) {
    for (int bit = 0; bit < 8 * valid.length; bit++) {
      byte[] flipped = valid.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      attempt(flipped, reader, "bit " + bit);
    }
  }

  /** {@code count} files with one to four random changes are read or refused. */
  public static void random(byte[][] valid, String[] tokens, int count, Reader reader) {
    long seed = Long.getLong("tests.seed", 0x5A17);
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      byte[] file = valid[random.nextInt(valid.length)];
      for (int k = random.nextInt(1, 5); k > 0; k--) {
        file = mutated(file, tokens, random);
      }
      attempt(file, reader, "repeat with -Dtests.seed=" + (seed + i));
    }
  }

  private static void attempt(byte[] file, Reader reader, String what) {
    try {
      reader.read(file);
    } catch (FormatException expected) {
      if (expected.getMessage().lines().count() != 1) {
        fail(what + ": a message of several lines: " + expected.getMessage());
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(what + ", file " + HexFormat.of().formatHex(file), e);
    }
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
                .putLong(NUMBERS[random.nextInt(NUMBERS.length)]);
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
