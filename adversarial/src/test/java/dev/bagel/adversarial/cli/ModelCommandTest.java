package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bagel.adversarial.RealData;
import dev.bagel.nn.Model;
import dev.bagel.nn.ModelGraph;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.io.Safetensors;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bagel model} says, against the graph itself. */
class ModelCommandTest {
  @TempDir Path folder;

  private static Model tutorialCnn() {
    Zoo.Entry entry = Zoo.named("tutorial-cnn").orElseThrow();
    return Model.init(entry.net(), entry.example(), Rng.of(1));
  }

  @Test
  void aTableHasARowForEachPartAndTheirSums() throws IOException {
    Path file = folder.resolve("net.safetensors");
    ModelFile.write(tutorialCnn(), file);
    List<String> lines = Ran.bagel("model", file).done().out().lines().toList();
    assertEquals(12, lines.size()); // the heading, the input, nine layers, the sums
    assertEquals(
        List.of("0", "conv,", "add", "[1,", "32,", "14,", "14]", "320", "56,448"),
        List.of(lines.get(2).split(" +")));
    assertEquals(List.of("total", "84,552", "408,192"), List.of(lines.get(11).split(" +")));
  }

  @Test
  void theDocumentHasTheWholeGraph() throws IOException {
    Path file = folder.resolve("net.onnx");
    Onnx.write(tutorialCnn(), file);
    Path dot = folder.resolve("net.dot");
    ModelGraph graph = ModelGraph.of(Onnx.read(file));
    Path svg = folder.resolve("net.svg");
    JsonNode json = Ran.bagel("model", file, "--dot", dot, "--svg", svg, "--json").json();
    assertEquals(graph.parameters(), json.get("parameters").asLong());
    assertEquals(graph.multiplyAdds(), json.get("multiply_adds").asLong());
    assertEquals(graph.rows().size(), json.get("rows").size());
    for (int i = 0; i < graph.rows().size(); i++) {
      ModelGraph.Row row = graph.rows().get(i);
      JsonNode r = json.get("rows").get(i);
      assertEquals(row.name(), r.get("name").asText());
      assertEquals(row.operators().size(), r.get("operators").size());
      assertEquals(row.shape().rank(), r.get("shape").size());
      assertEquals(row.inputs().size(), r.get("inputs").size());
      assertEquals(row.multiplyAdds(), r.get("multiply_adds").asLong());
    }
    assertEquals(graph.dot(), Files.readString(dot));
    assertTrue(Files.readString(svg).contains("<title>net.onnx</title>"));
  }

  @Test
  void theLayoutOfAnOnnxFileCanBeGiven() throws IOException {
    Path file = folder.resolve("net.onnx");
    Onnx.write(tutorialCnn(), file);
    JsonNode plain = Ran.bagel("model", file, "--layout", "nchw", "--json").json();
    JsonNode last = Ran.bagel("model", file, "--layout", "nhwc", "--json").json();
    assertEquals("[1,1,28,28]", plain.get("rows").get(0).get("shape").toString());
    assertEquals("[1,28,1,28]", last.get("rows").get(0).get("shape").toString());
    assertEquals(plain.get("multiply_adds"), last.get("multiply_adds"));
  }

  @Test
  void aModelIsWrittenForOtherPrograms() throws IOException {
    Path file = folder.resolve("net.safetensors");
    ModelFile.of(tutorialCnn()).withClassNames(List.of("a", "b")).write(file);
    Path onnx = folder.resolve("net.onnx");
    Ran.bagel("model", file, "--onnx", onnx).done();
    ModelFile read = Onnx.readFile(onnx, Reading.PLAIN);
    assertEquals(tutorialCnn().params().count(), read.model().params().count());
    assertEquals(List.of("a", "b"), read.classNames());
  }

  @Test
  void weightsAloneAreReadWithAnArchitecture() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Map<String, Tensor> weights = new LinkedHashMap<>();
    tutorialCnn().params().all().forEach((name, t) -> weights.put("module." + name, t));
    Safetensors.of(weights).write(file);
    assertTrue(Ran.bagel("model", file).err().contains("name the architecture (--arch"));
    Ran.bagel("model", file, "--arch", "tutorial-cnn").done();
    JsonNode json = Ran.bagel("model", file, "--arch", "tutorial-cnn", "--json").json();
    assertEquals(8, json.get("weights").get("found").asInt());
    assertEquals(0, json.get("weights").get("missing").size());
  }

  @Test
  void whatDoesNotFitAnArchitectureIsListedWhole() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    Safetensors.of(tutorialCnn().params().all()).write(file);
    Ran other = Ran.bagel("model", file, "--arch", "resnet20");
    assertEquals(2, other.code());
    assertEquals(1, other.err().lines().count(), other.err());
    assertTrue(other.err().contains("not those of the architecture: missing: "), other.err());
    Zoo.Entry resnet20 = Zoo.named("resnet20").orElseThrow();
    long lines = other.out().lines().filter(l -> l.matches("(found|missing|misshapen) .*")).count();
    assertTrue(lines > resnet20.net().parameters().size() - 8, other.out());
  }

  /** 1,248,424 parameters: Iandola et al. 2016, v1.0; the first layer alone is 96·3·7·7·111². */
  @Test
  void squeezeNetCostsWhatIsKnownOfIt() throws IOException {
    Path file = RealData.data("models/squeezenet_v1.0_imagenet.onnx");
    JsonNode json = Ran.bagel("model", file, "--json").json();
    assertEquals(1_248_424, json.get("parameters").asLong());
    assertEquals(
        96L * 3 * 7 * 7 * 111 * 111, json.get("rows").get(1).get("multiply_adds").asLong());
    assertEquals(0.861e9, json.get("multiply_adds").asDouble(), 0.001e9);
    assertTrue(json.get("rows").get(10).get("operators").toString().contains("concat"));
    assertEquals("[7,9]", json.get("rows").get(10).get("inputs").toString());
  }
}
