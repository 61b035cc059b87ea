package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bagel.adversarial.auto.Blobs;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {
  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Model model = Blobs.learned(Objective.crossEntropy());
    ModelFile.write(model, folder.resolve("net.safetensors"));
    Batch batch = Blobs.test(12).all();
    Npz.write(
        folder.resolve("data.npz"),
        Map.of(
            "x", NpyArray.of(batch.x()), "y", NpyArray.of(Shape.of(batch.size()), batch.labels())),
        Npz.Packing.STORED);
  }

  private static Ran evaluate(Path out, Object... more) {
    Object[] args = {
      "evaluate",
      "--model=" + folder.resolve("net.safetensors"),
      "--data=" + folder.resolve("data.npz"),
      "--eps=0.1",
      "--audit=8",
      "--out=" + out
    };
    Object[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Ran.bagel(all);
  }

  @Test
  void theReportAndTheDocumentSayTheSame() throws IOException {
    Path out = folder.resolve("one");
    Ran ran = evaluate(out, "--json", "--ensemble=rand");
    JsonNode json = ran.json();
    assertEquals(12, json.get("inputs").size());
    assertEquals("apgd-ce", json.get("stages").get(0).get("attack").asText());
    assertTrue(json.get("robust_accuracy").asDouble() <= json.get("clean_accuracy").asDouble());
    assertTrue(ran.err().contains("after apgd-ce"), ran.err());
    assertEquals(ran.out(), Files.readString(out.resolve("results.json")));
    String html = Files.readString(out.resolve("report.html"));
    assertTrue(html.contains("apgd-dlr") && html.contains("id=\"radius\""));
    assertTrue(html.contains("evaluate --model=" + folder.resolve("net.safetensors")), "repeats");
    assertTrue(html.contains("--audit=8 --out=" + out + " --json --ensemble=rand"), "repeats");
    assertFalse(Files.exists(out.resolve("evaluation.state")));
    Path again = folder.resolve("two");
    evaluate(again, "--ensemble=rand", "--threads=1").done();
    assertArrayEquals(
        Files.readAllBytes(out.resolve("results.json")),
        Files.readAllBytes(again.resolve("results.json")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --eps=0                 | ε = 0, --eps; nothing may change in that ball
          --eps=-1                | ε = -1.0, --eps; a radius is
          --eps=3 --norm=l0       | no ensemble for l0, --norm; take
          --eps=0.1 --audit=0     | 0 inputs, --audit; at least one
          --eps=0.1 --ensemble=no | invalid value for option '--ensemble'
          --norm=l2               | no radius, --eps; give one
          """)
  void wrongUseIsOneLine(String options, String line) {
    List<Object> args = new ArrayList<>(List.of("evaluate", "--model=x", "--data=y"));
    args.addAll(List.of(options.split(" +")));
    Ran ran = Ran.bagel(args.toArray());
    assertEquals(2, ran.code());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertTrue(ran.err().startsWith("bagel: " + line), ran.err());
  }
}
