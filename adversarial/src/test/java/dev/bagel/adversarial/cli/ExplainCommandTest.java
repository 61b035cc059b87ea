package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bagel.adversarial.explain.Agreement;
import dev.bagel.adversarial.explain.Explanation;
import dev.bagel.adversarial.explain.GradCam;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExplainCommandTest {
  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Shape example = Shape.of(1, 28, 28);
    Model model = Model.init(Zoo.smoothCnn(Activation.RELU), example, Rng.of(1));
    ModelFile.of(model)
        .withClassNames(List.of("a", "b", "c", "d", "e", "f", "g", "h", "I & J", "k"))
        .write(folder.resolve("net.safetensors"));
    Layer features = Layer.sequential(Layer.dense(6, 2));
    ModelFile.write(
        Model.init(features, Shape.of(6), Rng.of(1)), folder.resolve("features.safetensors"));
    for (int i = 0; i < 2; i++) {
      Path pictures = Files.createDirectories(folder.resolve("pictures"));
      Tensor x = Tensor.uniform(Shape.of(3, 60, 40 + 9 * i), 0, 1, Rng.of(i));
      PngFile.write(pictures.resolve("photo <" + i + ">.png"), x, Bounds.UNIT);
    }
    Files.writeString(folder.resolve("three.txt"), "x\ny\nz\n");
    Files.writeString(folder.resolve("bad.json"), "[1, {}]");
    Files.writeString(
        folder.resolve("names.json"),
        "[\"n0\",\"n1\",\"n2\",\"n3\",\"n4\",\"n5\",\"n6\",\"n7\",\"n8\",\"n9\"]");
  }

  private static Ran explain(String out, Object... more) {
    List<Object> args = new ArrayList<>(List.of("explain"));
    args.add("--model=" + folder.resolve("net.safetensors"));
    args.add("--out=" + folder.resolve(out));
    args.addAll(Arrays.asList(more));
    return Ran.bagel(args.toArray());
  }

  private static Set<String> files(String out) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(out))) {
      return files.map(f -> String.valueOf(f.getFileName())).collect(Collectors.toSet());
    }
  }

  @Test
  void theNumbersAreThoseOfTheEngine() throws IOException {
    JsonNode json =
        explain("cam", "--data=fashion-mnist", "--offset=4", "--first=3", "--layer=4", "--json")
            .json();
    Model model = ModelFile.read(folder.resolve("net.safetensors")).model();
    Tensor x = Datasets.open("fashion-mnist", Split.TEST).slice(4, 3).all().x();
    Question q = Question.of(model, x);
    Heatmap map = GradCam.at("4").heatmap(q);
    Npz npz = Npz.open(folder.resolve("cam/maps.npz"));
    assertEquals(map.values(), npz.array("maps").tensor());
    assertArrayEquals(q.classes(), npz.array("classes").ints());
    assertEquals("grad-cam at layer 4", json.get("method").asText());
    assertEquals(3, json.get("hot_share").size());
    assertEquals(map.hotShare()[1], json.get("hot_share").get(1).asDouble());
    Set<String> expected = new HashSet<>(Set.of("explanation.svg", "maps.npz"));
    for (String i : List.of("00004", "00005", "00006")) {
      expected.addAll(Set.of(i + "-map.png", i + "-overlay.png"));
    }
    assertEquals(expected, files("cam"));
  }

  @ParameterizedTest
  @EnumSource(MethodName.class)
  void everyMethodDrawsASheetThatIsWellFormed(MethodName method) throws Exception {
    String out = method.label();
    Ran ran =
        explain(
            out,
            "--data=" + folder.resolve("pictures"),
            "--resize=30",
            "--method=" + method.label(),
            "--class=i & j");
    assertTrue(ran.done().out().contains("photo <1>.png"), ran.out());
    byte[] svg = Files.readAllBytes(folder.resolve(out).resolve("explanation.svg"));
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new java.io.ByteArrayInputStream(svg));
    assertEquals(6, document.getElementsByTagName("image").getLength());
    assertTrue(document.getDocumentElement().getTextContent().contains("I & J"));
    assertTrue(document.getDocumentElement().getTextContent().contains("photo <0>.png"));
  }

  /** So that no explanation is without a name here. */
  @Test
  void everyExplanationHasAName() throws IOException {
    String all = "";
    for (MethodName m : MethodName.values()) {
      JsonNode json =
          explain("names", "--data=fashion-mnist", "--first=1", "--method=" + m.label(), "--json")
              .json();
      all += json.get("settings").asText() + " ";
    }
    for (Class<?> member : members(Explanation.class).toList()) {
      assertTrue(all.contains(member.getSimpleName() + "["), member + " in " + all);
    }
  }

  private static Stream<Class<?>> members(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(ExplainCommandTest::members)
        : Stream.of(type);
  }

  @Test
  void mapsOfBeforeAndAfterAnAttackAreCompared() throws IOException {
    Path adv = folder.resolve("adv.npz");
    String net = "--model=" + folder.resolve("net.safetensors");
    Ran.bagel("attack", net, "--data=fashion-mnist", "--first=3", "--eps=0.2", "--save=" + adv)
        .done();
    JsonNode json =
        explain("two", "--data=fashion-mnist", "--first=3", "--changed=" + adv, "--json").json();
    Model model = ModelFile.read(folder.resolve("net.safetensors")).model();
    Tensor x = Datasets.open("fashion-mnist", Split.TEST).slice(0, 3).all().x();
    Heatmap before = GradCam.last().heatmap(Question.of(model, x));
    Heatmap after = GradCam.last().heatmap(Question.of(model, Npz.open(adv).array("x").tensor()));
    JsonNode agreement = json.get("changed").get("agreement");
    for (int i = 0; i < 3; i++) {
      assertEquals(
          Agreement.of(before, after).get(i).iou(), agreement.get(i).get("iou").asDouble());
    }
    assertEquals(14, files("two").size()); // two pictures of each of six, a sheet, the numbers
    Ran other = explain("two", "--data=fashion-mnist", "--first=2", "--changed=" + adv);
    assertEquals(2, other.code());
    assertTrue(other.err().contains("x of shape [3, 1, 28, 28], --changed "), other.err());
  }

  @Test
  void sanityAndResidualsAreInTheDocument() throws IOException {
    JsonNode json =
        explain(
                "ig",
                "--data=fashion-mnist",
                "--first=2",
                "--method=integrated-gradients",
                "--steps=5",
                "--sanity",
                "--json")
            .json();
    assertEquals(2, json.get("residuals").size());
    assertEquals(5, json.get("sanity").get("stages").size());
    assertEquals("11.weight", json.get("sanity").get("stages").get(0).get("layer").asText());
    assertTrue(json.get("sanity").get("passes").isBoolean());
  }

  @Test
  void aTwelfthOfAThousandIsEnoughUnlessMoreAreAskedFor() throws IOException {
    assertEquals(12, explain("few", "--data=fashion-mnist", "--json").json().get("n").asInt());
    assertEquals(
        13, explain("few", "--data=fashion-mnist", "--first=13", "--json").json().get("n").asInt());
  }

  @Test
  void methodsAreListed() {
    assertTrue(Ran.bagel("explain", "--method", "help").done().out().contains("guided-grad-cam"));
  }

  @Test
  void classNamesMayComeFromAFile() throws IOException {
    JsonNode json =
        explain(
                "named",
                "--data=fashion-mnist",
                "--first=1",
                "--class-names=" + folder.resolve("names.json"),
                "--class=n7",
                "--json")
            .json();
    assertEquals(7, json.get("explained").get(0).asInt());
    assertEquals("n9", json.get("class_names").get(9).asText());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = WRONG)
  void wrongUseIsOneLineAndExitCodeTwo(String options, String line) {
    String filled = options.replace("DIR", folder.toString());
    Ran ran = explain("wrong", (Object[]) filled.split(" +"));
    assertEquals(line.replace("DIR", folder.toString()), ran.err().strip());
    assertEquals(2, ran.code());
    assertEquals("", ran.out());
  }

  private static final String WRONG =
      """
      --data=fashion-mnist --method=magic | bagel: unknown method 'magic', --method; one of grad-cam, grad-cam++, saliency, smoothgrad, integrated-gradients, guided-backprop, guided-grad-cam, feature-maps
      --data=fashion-mnist --layer=conv9 | bagel: no layer conv9, and maps are needed; take one of 0, 1, 2, 3, 4, 5, 6, 7
      --data=fashion-mnist --layer=9 | bagel: layer 9 puts out [1, 64], and maps are needed; take one of 0, 1, 2, 3, 4, 5, 6, 7
      --data=fashion-mnist --method=saliency --layer=4 | bagel: no use for it in saliency, --layer; leave it out
      --data=fashion-mnist --steps=4 | bagel: no use for it in grad-cam, --steps; leave it out
      --data=fashion-mnist --method=smoothgrad --samples=0 | bagel: 0 samples, --samples; from 1 to 100000
      --data=fashion-mnist --method=smoothgrad --sigma=-1 | bagel: σ = -1.0, --sigma; a number from 0 on, in input units
      --data=fashion-mnist --class=10 | bagel: no class '10', --class; the model knows the classes 0 … 9: a, b, c, d, e, f, g, h, I & J, k
      --data=fashion-mnist --class=zebra | bagel: no class 'zebra', --class; the model knows the classes 0 … 9: a, b, c, d, e, f, g, h, I & J, k
      --data=fashion-mnist --resize=30 | bagel: no images, --resize; fashion-mnist is of one size: leave it out
      --data=DIR/pictures --no-antialias | bagel: nothing to resize, --no-antialias; add --resize, or leave it out
      --data=DIR/pictures --resize=big | bagel: invalid value for option '--resize': 'big' is not a size such as 256x256 or 256, bagel explain; see 'bagel explain --help'
      --data=DIR/pictures --resize=20000 | bagel: invalid value for option '--resize': resizing to 20000 × 0: sides from 1 to 16384, bagel explain; see 'bagel explain --help'
      --data=DIR/pictures --resize=20 | bagel: DIR/pictures/photo <0>.png: resized to 20 × 30 (width × height), at its size; the model takes 28 × 28: resize to that or more
      --data=fashion-mnist --class-names=DIR/three.txt | bagel: 3 names, --class-names DIR/three.txt; the model has 10 classes: give a name for each
      --data=fashion-mnist --class-names=DIR/bad.json | bagel: DIR/bad.json: no array of names, at its content; as in ["cat", "dog"]
      """;

  @Test
  void featuresCannotBeShown() {
    Ran ran =
        Ran.bagel(
            "explain",
            "--model",
            folder.resolve("features.safetensors"),
            "--data",
            "fashion-mnist");
    assertEquals(2, ran.code());
    assertTrue(ran.err().contains("inputs [6] are no pictures"), ran.err());
  }

  @Test
  void inputsThatDoNotFitTheBoundsAreSaid() throws IOException {
    Model model = ModelFile.read(folder.resolve("net.safetensors")).model();
    ModelFile.write(model.with(new Bounds(0, 255)), folder.resolve("bytes.safetensors"));
    Ran ran =
        Ran.bagel(
            "explain",
            "--model=" + folder.resolve("bytes.safetensors"),
            "--data=fashion-mnist",
            "--first=2",
            "--out=" + folder.resolve("misfit"));
    assertTrue(
        ran.done()
            .err()
            .contains(
                "bagel: all values are in 0.0 … 1.0, --data fashion-mnist; the model's inputs are"
                    + " in 0.0 … 255.0, so predictions may mean little"),
        ran.err());
  }
}
