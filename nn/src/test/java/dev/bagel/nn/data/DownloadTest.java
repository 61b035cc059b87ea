package dev.bagel.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of thirty lines that answers as it is told, rightly or wrongly. */
@Timeout(60)
class DownloadTest {
  private static final byte[] CONTENT = "bagel".repeat(30_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ServerSocket server;

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::answer, "test server");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void answer() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept();
          InputStream in = socket.getInputStream();
          OutputStream out = socket.getOutputStream()) {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
          int c = in.read();
          if (c < 0) {
            break;
          }
          request.append((char) c);
        }
        String path = request.toString().split(" ", 3)[1];
        asked.add(path);
        out.write(answers.getOrDefault(path, head("404 Not Found", 0)));
      } catch (IOException e) {
        // the client went away, or the test is over
      }
    }
  }

  private static byte[] head(String status, int length) {
    return ("HTTP/1.1 "
            + status
            + "\r\nConnection: close\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] ok(int declared, byte[] content, int sent) {
    byte[] head = head("200 OK", declared);
    byte[] all = Arrays.copyOf(head, head.length + sent);
    System.arraycopy(content, 0, all, head.length, sent);
    return all;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private Download download(String... names) throws Exception {
    List<Download.Item> items = new ArrayList<>();
    for (String name : names) {
      items.add(new Download.Item(name, CONTENT.length, sha256(CONTENT)));
    }
    return new Download("http://127.0.0.1:" + server.getLocalPort() + "/sets", items);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  private String refusal(Download download) {
    DownloadException e =
        assertThrows(DownloadException.class, () -> download.into(folder, Progress.NONE));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().startsWith("http://127.0.0.1:"), e.getMessage());
    return e.getMessage();
  }

  @Test
  void filesComeWholeAndOnce() throws Exception {
    answers.put("/sets/a", ok(CONTENT.length, CONTENT, CONTENT.length));
    answers.put("/sets/b", ok(CONTENT.length, CONTENT, CONTENT.length));
    List<Long> heard = new ArrayList<>();
    download("a", "b").into(folder, (done, total, what) -> heard.add(done));
    assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("a")));
    assertEquals(List.of("a", "b"), files());
    assertEquals(heard.stream().sorted().collect(Collectors.toList()), heard);
    assertEquals(2L * CONTENT.length, heard.get(heard.size() - 1));
    download("a", "b").into(folder, Progress.NONE);
    assertEquals(List.of("/sets/a", "/sets/b"), asked);
  }

  @Test
  void anInterruptedDownloadIsResumed() throws Exception {
    answers.put("/sets/a", ok(CONTENT.length, CONTENT, CONTENT.length));
    assertTrue(refusal(download("a", "b")).contains("404"));
    assertEquals(List.of("a"), files());
    answers.put("/sets/b", ok(CONTENT.length, CONTENT, CONTENT.length));
    download("a", "b").into(folder, Progress.NONE);
    assertEquals(List.of("/sets/a", "/sets/b", "/sets/b"), asked);
  }

  @Test
  void aDamagedFileIsFetchedAgain() throws Exception {
    answers.put("/sets/a", ok(CONTENT.length, CONTENT, CONTENT.length));
    byte[] damaged = CONTENT.clone();
    damaged[7] ^= 1;
    Files.write(folder.resolve("a"), damaged);
    download("a").into(folder, Progress.NONE);
    assertArrayEquals(CONTENT, Files.readAllBytes(folder.resolve("a")));
  }

  @Test
  void aWrongFileIsRefused() throws Exception {
    byte[] other = CONTENT.clone();
    other[0] ^= 1;
    answers.put("/sets/a", ok(other.length, other, other.length));
    assertTrue(refusal(download("a")).contains("SHA-256"));
    assertEquals(List.of(), files());
  }

  @Test
  void aCutConnectionIsRefused() throws Exception {
    answers.put("/sets/a", ok(CONTENT.length, CONTENT, 1000));
    refusal(download("a"));
    answers.put("/sets/b", "HTTP/1.1 200 OK\r\n\r\nba".getBytes(StandardCharsets.US_ASCII));
    assertTrue(refusal(download("b")).contains("2 of 150000 bytes"));
    assertEquals(List.of(), files());
  }

  @Test
  void aFileWithoutEndIsRefused() throws Exception {
    byte[] endless = new byte[4 * CONTENT.length];
    answers.put("/sets/a", ok(endless.length, endless, endless.length));
    assertTrue(refusal(download("a")).contains("more than 150000 bytes"));
    assertEquals(List.of(), files());
  }

  @Test
  void anErrorOfTheServerIsNamed() throws Exception {
    answers.put("/sets/a", head("503 Service Unavailable", 0));
    assertTrue(refusal(download("a")).contains("503"));
    assertEquals(List.of(), files());
  }

  @Test
  void noServerIsNamed() throws Exception {
    // A socket that never listened for anybody: closing one that a thread waits on may still let a
    // connection in before the thread wakes up.
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<Download.Item> items = download("a").items();
    String refused = refusal(new Download("http://127.0.0.1:" + port + "/", items));
    assertTrue(refused.contains("no connection"), refused);
    assertEquals(List.of(), files());
    Download nowhere = new Download("nowhere", items);
    assertThrows(DownloadException.class, () -> nowhere.into(folder, Progress.NONE));
  }

  @Test
  void namesStayInTheFolder() {
    String sum = "0".repeat(64);
    for (String name : List.of("../a", "a/b", "/a", "a\\b", ".a", "", "a\0")) {
      assertThrows(IllegalArgumentException.class, () -> new Download.Item(name, 1, sum), name);
    }
    assertThrows(IllegalArgumentException.class, () -> new Download.Item("a", 1, "abc"));
  }
}
