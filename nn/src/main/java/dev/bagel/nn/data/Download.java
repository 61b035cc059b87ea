package dev.bagel.nn.data;

import dev.bagel.nn.Progress;
import dev.bagel.tensor.io.AtomicFile;
import dev.bagel.tensor.io.EntryNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Files to be fetched from one address into one folder.
 *
 * <p>A file takes its name only when its length and its SHA-256 are right, so a folder never holds
 * half a file or a wrong one; what is there and right is not fetched again, so a download that was
 * interrupted is resumed by asking again.
 *
 * @param base the address of the folder, such as {@code https://example.org/mnist/}
 * @param items the files in it
 */
public record Download(String base, List<Item> items) {
  private static final int PATIENCE = 30_000; // milliseconds, to connect and between two reads

  /**
   * One file.
   *
   * @param name its name, at the address and in the folder
   * @param bytes its length
   * @param sha256 its SHA-256, 64 hexadecimal digits
   */
  public record Item(String name, long bytes, String sha256) {
    /** Checks the name and the digest. */
    public Item {
      if (EntryNames.flaw(name).isPresent() || name.indexOf('/') >= 0 || name.startsWith(".")) {
        throw new IllegalArgumentException("'" + name + "' is not the name of a file to download");
      }
      if (bytes < 0 || !sha256.matches("[0-9a-f]{64}")) {
        throw new IllegalArgumentException(
            name + ": its length and its SHA-256 in 64 lower-case hexadecimal digits are needed");
      }
    }
  }

  /** Takes a copy of the list. */
  public Download {
    items = List.copyOf(items);
  }

  /** The length of all files together, in bytes. */
  public long bytes() {
    return items.stream().mapToLong(Item::bytes).sum();
  }

  /**
   * Fetches what {@code folder} does not have yet.
   *
   * @param progress hears about bytes
   * @throws DownloadException if a file cannot be had, or is not the right one; the files fetched
   *     before it stay, and nothing is left of this one
   */
  public void into(Path folder, Progress progress) throws IOException {
    Files.createDirectories(folder);
    long done = 0;
    for (Item item : items) {
      progress.at(done, bytes(), item.name());
      Path file = folder.resolve(item.name());
      if (!has(file, item)) {
        long before = done;
        AtomicFile.write(
            file, out -> fetch(item, out, n -> progress.at(before + n, bytes(), item.name())));
      }
      done += item.bytes();
    }
    progress.at(done, bytes(), "done");
  }

  /** Hears how many bytes of a file have come. */
  @FunctionalInterface
  private interface Count {
    void at(long bytes);
  }

  private static boolean has(Path file, Item item) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != item.bytes()) {
      return false;
    }
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      copy(in, OutputStream.nullOutputStream(), digest, item.bytes(), n -> {});
    }
    return hex(digest).equals(item.sha256());
  }

  private void fetch(Item item, OutputStream out, Count count) throws IOException {
    String url = base + (base.endsWith("/") ? "" : "/") + item.name();
    MessageDigest digest = sha256();
    long got;
    URLConnection connection = connection(url);
    try (InputStream in = connection.getInputStream()) {
      got = copy(in, out, digest, item.bytes(), count);
    } catch (IOException e) {
      throw new DownloadException(
          url, "the transfer failed: " + e.getMessage(), "try again later", e);
    } finally {
      if (connection instanceof HttpURLConnection http) {
        http.disconnect();
      }
    }
    if (got != item.bytes()) {
      throw new DownloadException(
          url,
          (got > item.bytes() ? "more than " : got + " of ") + item.bytes() + " bytes came",
          "try again; if it stays so, the file at this address has changed",
          null);
    }
    String found = hex(digest);
    if (!found.equals(item.sha256())) {
      throw new DownloadException(
          url,
          "the SHA-256 is " + found + " and should be " + item.sha256(),
          "the file at this address is another one; do not use it",
          null);
    }
  }

  private static URLConnection connection(String url) throws IOException {
    try {
      URLConnection connection = new URL(url).openConnection();
      connection.setConnectTimeout(PATIENCE);
      connection.setReadTimeout(PATIENCE);
      connection.setUseCaches(false);
      if (connection instanceof HttpURLConnection http && http.getResponseCode() != 200) {
        int status = http.getResponseCode();
        http.disconnect();
        throw new DownloadException(url, "the server answers " + status, "check the address", null);
      }
      return connection;
    } catch (MalformedURLException e) {
      throw new DownloadException(url, "not an address", "it begins with https://", e);
    } catch (DownloadException e) {
      throw e;
    } catch (IOException e) {
      throw new DownloadException(
          url, "no connection: " + e.getMessage(), "check the address and the network", e);
    }
  }

  /** Copies at most one byte more than {@code most}, and says how many. */
  private static long copy(
      InputStream in, OutputStream out, MessageDigest digest, long most, Count count)
      throws IOException {
    byte[] chunk = new byte[1 << 16];
    long done = 0;
    while (done <= most) {
      int n = in.read(chunk, 0, (int) Math.min(chunk.length, most + 1 - done));
      if (n < 0) {
        break;
      }
      digest.update(chunk, 0, n);
      out.write(chunk, 0, n);
      done += n;
      count.at(Math.min(done, most));
    }
    return done;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
