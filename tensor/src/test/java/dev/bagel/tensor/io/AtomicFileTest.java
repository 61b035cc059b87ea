package dev.bagel.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AtomicFileTest {
  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  @Test
  void replacesAndLeavesNothingElse(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a");
    write(file, "old");
    write(file, "new");
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void aFailedWriteLeavesTheOldFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a");
    write(file, "old");
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(1);
                  throw new IOException("disk full");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void aFolderIsNotReplaced(@TempDir Path folder) throws IOException {
    Path file = Files.createDirectory(folder.resolve("a"));
    Files.createFile(file.resolve("inside"));
    assertThrows(IOException.class, () -> write(file, "new"));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void aMissingFolderIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("missing").resolve("a");
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> write(file, "new"));
    assertTrue(e.getMessage().contains("folder"), e.getMessage());
  }

  @Test
  void whatAKilledProcessLeftIsSwept(@TempDir Path folder) throws IOException {
    Path orphan = Files.createFile(folder.resolve(".a.999999999999-1.tmp"));
    long self = ProcessHandle.current().pid();
    Path alive = Files.createFile(folder.resolve(".a." + self + "-x.tmp"));
    Path others = Files.createFile(folder.resolve(".b.999999999999-1.tmp"));
    write(folder.resolve("a"), "new");
    assertTrue(Files.notExists(orphan));
    assertTrue(Files.exists(alive));
    assertTrue(Files.exists(others));
  }

  @Test
  void manyThreadsLeaveOneWholeFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a");
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all =
          IntStream.range(0, 32)
              .<Future<?>>mapToObj(
                  i ->
                      pool.submit(
                          () -> {
                            write(file, String.valueOf(i % 10).repeat(10_000));
                            return null;
                          }))
              .collect(Collectors.toList());
      for (Future<?> f : all) {
        f.get();
      }
    } finally {
      pool.shutdown();
    }
    String text = Files.readString(file);
    assertEquals(text.substring(0, 1).repeat(10_000), text);
    assertEquals(List.of("a"), names(folder));
  }
}
