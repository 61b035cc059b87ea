package dev.bagel.adversarial.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Pictures as PNG: ISO/IEC 15948, eight bits a sample, grey or RGB, no filter. Pictures here are of
 * 28 × 28 pixels, so nothing cleverer pays.
 */
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int GREY = 0;
  private static final int RGB = 2;

  private Png() {}

  static byte[] encode(Raster picture) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(picture.width()).putInt(picture.height());
    header.put((byte) 8).put((byte) (picture.channels() == 1 ? GREY : RGB)).put(new byte[3]);
    chunk(out, "IHDR", header.array());
    chunk(out, "IDAT", deflated(rows(picture)));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  /** The samples, row by row, each row after the number of its filter: 0 for none. */
  private static byte[] rows(Raster picture) {
    int stride = picture.width() * picture.channels();
    byte[] samples = picture.samples();
    byte[] rows = new byte[(stride + 1) * picture.height()];
    for (int y = 0; y < picture.height(); y++) {
      System.arraycopy(samples, y * stride, rows, y * (stride + 1) + 1, stride);
    }
    return rows;
  }

  private static byte[] deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(name);
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
