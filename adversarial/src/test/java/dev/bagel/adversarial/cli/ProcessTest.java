package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The program as a process: it starts itself again, dies with its parent, and resumes. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ProcessTest {
  @TempDir Path folder;
  private int count;

  @BeforeEach
  void vectors() {
    Assumptions.assumeTrue(ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent());
  }

  /** Starts the program as a user does, without the module. */
  private Process start(List<String> jvm, Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(jvm);
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    for (Object a : args) {
      command.add(a.toString());
    }
    count++;
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out" + count).toFile())
        .redirectError(folder.resolve("err" + count).toFile())
        .start();
  }

  /** Of the program alone, wherever its classes were found: a test runner has a path of its own. */
  private static String classPath() {
    return Stream.of(
            Main.class,
            Model.class,
            Var.class,
            Tensor.class,
            CommandLine.class,
            ObjectMapper.class,
            JsonFactory.class,
            JsonInclude.class)
        .map(c -> Path.of(URI.create(c.getProtectionDomain().getCodeSource().getLocation() + "")))
        .distinct()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String text(String stream) throws IOException {
    return Files.readString(folder.resolve(stream + count));
  }

  @Test
  void startsItselfAgainWithTheVectorModule() throws Exception {
    assertEquals(0, start(List.of("-Duser.language=tr"), "info", "--json").waitFor());
    JsonNode json = new ObjectMapper().readTree(text("out"));
    assertTrue(json.get("kernels").asText().startsWith("vector"), text("out"));
    assertTrue(json.get("heap_mib").asLong() <= 512, "the child has the same heap");
    assertEquals("", text("err"));
  }

  @Test
  void scalarKernelsNeedNoOtherJvm() throws Exception {
    Process p = start(List.of("-Dbagel.kernels=scalar"), "info", "--json");
    assertEquals(0, p.waitFor());
    assertEquals("scalar", new ObjectMapper().readTree(text("out")).get("kernels").asText());
  }

  @Test
  void whatIsDoneAtOnceNeedsNoOtherJvm() throws Exception {
    Path picture = folder.resolve("x.png");
    PngFile.write(picture, Tensor.zeros(Shape.of(1, 28, 28)), Bounds.UNIT);
    Path model = Ran.model(folder);
    assertTrue(Restart.isShort("predict", "--model", "m", "--data=" + picture));
    assertFalse(Restart.isShort("predict", "--model", "m", "--data", folder.toString()));
    assertFalse(Restart.isShort("train", "--save", "model"));
    Process p = start(List.of(), "predict", "--model", model, "--data", picture, "--json");
    assertEquals(0, p.waitFor());
    JsonNode json = new ObjectMapper().readTree(text("out"));
    assertEquals("scalar", json.get("versions").get("kernels").asText());
    assertEquals("", text("err"));
  }

  @Test
  void exitCodeAndTheOneLineArePassedOn() throws Exception {
    assertEquals(2, start(List.of(), "predict", "--model", "gone", "--data", "x").waitFor());
    assertEquals("bagel: no such file, --model gone; check the path\n", text("err"));
  }

  @Test
  void otherFirstLinesArePassedOn() throws IOException {
    for (String line : List.of("", "short", "WARNING: something else\nand more\n")) {
      ByteArrayOutputStream to = new ByteArrayOutputStream();
      Restart.passOn(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)), to);
      assertEquals(line, to.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void theChildDiesWithItsParent() throws Exception {
    Path checkpoint = folder.resolve("run.ckpt");
    Process parent = start(List.of(), train(checkpoint, folder.resolve("w"), 10_000));
    awaitChange(checkpoint, 0, parent);
    ProcessHandle child = parent.children().findFirst().orElseThrow();
    parent.destroyForcibly().waitFor();
    child.onExit().get(10, TimeUnit.SECONDS);
    assertFalse(child.isAlive());
  }

  @Test
  void killedAgainAndAgainTheWeightsAreThoseOfAnUnbrokenRun() throws Exception {
    int epochs = 40;
    Path whole = folder.resolve("whole.safetensors");
    assertEquals(0, start(List.of(), train(folder.resolve("whole.ckpt"), whole, epochs)).waitFor());
    Path checkpoint = folder.resolve("broken.ckpt");
    Path broken = folder.resolve("broken.safetensors");
    Random random = new Random(1);
    int kills = 0;
    for (int i = 0; i < 3; i++) {
      long before = Files.exists(checkpoint) ? Files.getLastModifiedTime(checkpoint).toMillis() : 0;
      Process p = start(List.of(), train(checkpoint, broken, epochs));
      awaitChange(checkpoint, before, p);
      Thread.sleep(random.nextInt(100));
      p.destroyForcibly().waitFor();
      kills += Files.exists(broken) ? 0 : 1;
    }
    assertTrue(kills > 0, "every run was over before it was killed");
    assertEquals(0, start(List.of(), train(checkpoint, broken, epochs)).waitFor(), text("err"));
    assertTrue(text("err").contains("going on from"), text("err"));
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(broken));
  }

  private Object[] train(Path checkpoint, Path save, int epochs) throws IOException {
    return new Object[] {
      "train",
      "--model",
      Ran.model(folder),
      "--data",
      "fashion-mnist",
      "--first",
      1000,
      "--batch",
      16,
      "--epochs",
      epochs,
      "--optimizer",
      "adam",
      "--schedule",
      "cosine",
      "--patience",
      epochs,
      "--checkpoint",
      checkpoint,
      "--checkpoint-every",
      20,
      "--save",
      save
    };
  }

  /** Waits until a run has written its checkpoint, or is over. */
  private static void awaitChange(Path file, long before, Process run) throws Exception {
    while (run.isAlive()
        && (!Files.exists(file) || Files.getLastModifiedTime(file).toMillis() == before)) {
      Thread.sleep(10);
    }
  }
}
