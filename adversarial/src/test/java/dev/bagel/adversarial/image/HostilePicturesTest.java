package dev.bagel.adversarial.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.FormatException;
import dev.bagel.tensor.io.Mutations;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of an enemy. */
@Tag("hostile")
class HostilePicturesTest {
  private static final Shape SHAPE = Shape.of(3, 8, 8);

  @TempDir Path folder;

  /** Any picture, resized: the size in its header is taken at its word if that is possible. */
  private void read(byte[] file) throws IOException {
    Path path = folder.resolve("x.png");
    Files.write(path, file);
    ImageFile.read(path, SHAPE, Resize.shorterSide(8));
  }

  /** What decoders keep, and pixels that a file of a kilobyte may have. */
  private Mutations mutations(String format) {
    return Mutations.of(format, this::read).unpacking(4 * 8 * 1032).taking(8 << 20).fewer(20);
  }

  private static byte[] picture(String format, int type) throws IOException {
    BufferedImage image = new BufferedImage(11, 9, type);
    for (int i = 0; i < 99; i++) {
      image.setRGB(i % 11, i / 11, Rng.of(4).below(i, 1 << 24) | 255 << 24);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "gif", "bmp", "jpg"})
  void damagedPicturesAreReadOrRefused(String format) throws IOException {
    byte[][] valid = {
      picture(format, BufferedImage.TYPE_INT_RGB), picture(format, BufferedImage.TYPE_BYTE_GRAY)
    };
    String[] tokens = {
      "IHDR",
      "IDAT",
      "PLTE",
      "tRNS",
      "iCCP",
      "zTXt",
      "IEND",
      "GIF89a",
      "BM",
      "\u00ff\u00c0",
      "\u00ff\u00da",
      "\u00ff\u00db",
      "\u00ff\u00c4",
      "\0\0\u00ff\u00ff",
      "\u007f\u00ff\u00ff\u00ff"
    };
    mutations(format)
        .everyPrefixThatMayBeWhole(valid[0])
        .everyBitFlip(valid[0], 64)
        .random(valid, tokens)
        .report();
  }

  // ---- made by hand
  // -------------------------------------------------------------------------------

  /** A PNG of these chunks, with right checksums. */
  private static byte[] png(Object... namesAndContents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    for (int i = 0; i < namesAndContents.length; i += 2) {
      byte[] name = ((String) namesAndContents[i]).getBytes(StandardCharsets.US_ASCII);
      byte[] content = (byte[]) namesAndContents[i + 1];
      CRC32 crc = new CRC32();
      crc.update(name);
      crc.update(content);
      out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
      out.writeBytes(name);
      out.writeBytes(content);
      out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
    return out.toByteArray();
  }

  private static byte[] header(int width, int height, int bits, int colour, int interlaced) {
    return ByteBuffer.allocate(13)
        .putInt(width)
        .putInt(height)
        .put((byte) bits)
        .put((byte) colour)
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) interlaced)
        .array();
  }

  private static byte[] deflated(int zeros) {
    Deflater deflater = new Deflater(9);
    deflater.setInput(new byte[zeros]);
    deflater.finish();
    byte[] packed = new byte[zeros / 500 + 100];
    int n = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, n);
  }

  private static byte[] of(int width, int height, int bits, int colour) {
    return png(
        "IHDR",
        header(width, height, bits, colour, 0),
        "IDAT",
        deflated(1000),
        "IEND",
        new byte[0]);
  }

  @TestFactory
  Stream<DynamicTest> hostilePicturesAreRefused() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("empty", new byte[0]);
    files.put("text", "hello, world".getBytes(StandardCharsets.US_ASCII));
    files.put("only a signature", png());
    files.put("no header", png("IDAT", deflated(10)));
    files.put("a header that is too short", png("IHDR", new byte[5], "IEND", new byte[0]));
    files.put("a header twice", png("IHDR", header(8, 8, 8, 2, 0), "IHDR", header(9, 9, 8, 2, 0)));
    files.put("no pixels", png("IHDR", header(8, 8, 8, 2, 0), "IEND", new byte[0]));
    files.put("2^31 − 1 pixels wide", of(Integer.MAX_VALUE, 1, 8, 2));
    files.put("a width below zero", of(-1, 8, 8, 2));
    files.put("no width", of(0, 8, 8, 2));
    files.put("2^62 pixels", of(Integer.MAX_VALUE, Integer.MAX_VALUE, 16, 6));
    files.put("63 megapixels in a kilobyte", of(7_900, 7_900, 8, 2));
    files.put("63 megapixels of 16 bits", of(7_900, 7_900, 16, 6));
    files.put("a line of 60 million", of(60_000_000, 1, 1, 0));
    files.put("more pixels than data", of(100, 100, 8, 2));
    files.put("depth 3", of(8, 8, 3, 2));
    files.put("colours of kind 7", of(8, 8, 8, 7));
    files.put("interlacing of kind 9", png("IHDR", header(8, 8, 8, 2, 9), "IDAT", deflated(1000)));
    files.put("a palette that is missing", of(8, 8, 8, 3));
    files.put(
        "data that are no data",
        png("IHDR", header(8, 8, 8, 2, 0), "IDAT", new byte[50], "IEND", new byte[0]));
    files.put(
        "a chunk of 2 GB", Mutations.spliced(of(8, 8, 8, 2), 33, 4, new byte[] {127, -1, -1, -1}));
    byte[] gif = picture("gif", BufferedImage.TYPE_INT_RGB);
    int frame = new String(gif, StandardCharsets.ISO_8859_1).indexOf(",\0\0\0\0") + 5;
    byte[] most = {-1, -1, -1, -1};
    files.put("a GIF of 65535 × 65535", Mutations.spliced(gif, frame, 4, most));
    files.put("a GIF of 0 × 0", Mutations.spliced(gif, frame, 4, new byte[4]));
    byte[] bmp = picture("bmp", BufferedImage.TYPE_INT_RGB);
    byte[] huge = ByteBuffer.allocate(8).putInt(0xffffff7f).putInt(0xffffff7f).array();
    files.put("a BMP of 2^62", Mutations.spliced(bmp, 18, 8, huge));
    Mutations reader = mutations("pictures");
    return files.entrySet().stream()
        .map(
            f ->
                DynamicTest.dynamicTest(
                    f.getKey(),
                    () -> {
                      FormatException e = reader.refusal(f.getValue());
                      assertTrue(e.getMessage().contains("x.png"), e.getMessage());
                      assertEquals(1, e.getMessage().lines().count());
                    }));
  }
}
