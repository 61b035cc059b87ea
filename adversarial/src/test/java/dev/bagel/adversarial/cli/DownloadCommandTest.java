package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.bagel.nn.data.FashionMnist;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bagel download} against a server on this machine. */
class DownloadCommandTest {
  private static HttpServer server(byte[] answer) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aFileThatIsNotTheRightOneIsRefusedInOneLineAndLeavesNothing(@TempDir Path folder)
      throws IOException {
    HttpServer server = server(new byte[100]);
    try {
      String from = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      Ran ran = Ran.bagel("download", "--to", folder.toString(), "--from", from);
      assertEquals(Failures.FAILED, ran.code());
      assertEquals(1, ran.err().lines().filter(l -> l.startsWith("bagel: ")).count(), ran.err());
      assertTrue(ran.err().contains("train-images-idx3-ubyte.gz"), ran.err());
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(0, files.count());
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theFourFilesOfTheAuthorsAreAskedFor() {
    var items = FashionMnist.download(FashionMnist.ADDRESS).items();
    assertEquals(4, items.size());
    assertFalse(items.stream().anyMatch(i -> i.bytes() < 5000));
  }
}
