package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.io.Dtype;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands answer, against the engine itself. */
class CommandsTest {
  @TempDir Path folder;

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void infoSaysWhatRuns() throws IOException {
    JsonNode json = Ran.bagel("info", "--json").json();
    assertTrue(
        keys(json)
            .containsAll(
                Set.of(
                    "bagel", "java", "os", "cores", "heap_mib", "kernels", "threads", "devices")));
    assertTrue(json.get("devices").asText().startsWith("nothing but cpu in this program"));
    assertTrue(Ran.bagel("info").done().out().contains(json.get("kernels").asText()));
  }

  @Test
  void everyCommandHasHelpWithExamplesAndExitCodes() {
    for (String command : List.of("info", "train", "model", "predict", "attack", "explain")) {
      Ran ran = Ran.bagel(command, "--help").done();
      assertTrue(ran.out().startsWith("Usage: bagel " + command), ran.out());
      assertTrue(ran.out().contains("Examples:") && ran.out().contains("Exit codes: 0 done"));
      assertTrue(ran.out().contains("--json") && ran.out().contains("--seed"));
      assertEquals("", ran.err());
    }
    assertTrue(Ran.bagel("--version").done().out().startsWith("bagel "));
    assertTrue(Ran.bagel("attack", "--version").done().out().startsWith("bagel "));
    assertTrue(Ran.bagel("attack", "--attack", "help").done().out().contains("mifgsm"));
    assertTrue(Ran.bagel("train", "--arch", "help").done().out().contains("madry-mnist"));
  }

  @Test
  void predictSavesTheLogitsAndGradientsOfTheEngine() throws IOException {
    Path file = Ran.model(folder);
    Path out = folder.resolve("out.npz");
    JsonNode json =
        Ran.bagel(
                "predict",
                "--model",
                file,
                "--data",
                "fashion-mnist",
                "--first",
                150,
                "--offset",
                20,
                "--save",
                out,
                "--gradients",
                "--json",
                "--mean",
                "0.3",
                "--std",
                "0.4")
            .json();
    Model model =
        ModelFile.read(file)
            .model()
            .with(new dev.bagel.nn.Preprocessing(List.of(0.3f), List.of(0.4f)));
    Dataset data = Datasets.open("fashion-mnist", Split.TEST).slice(20, 150);
    Scores scores = Scores.of(model, data);
    assertEquals(150, json.get("n").asInt());
    assertEquals(scores.accuracy(), json.get("accuracy").asDouble());
    assertEquals(150, json.get("predictions").size());
    assertEquals("test", json.get("data").get("split").asText());
    Npz npz = Npz.open(out);
    assertEquals(Set.of("logits", "labels", "gradients"), npz.names());
    assertEquals(Dtype.F4, npz.array("logits").dtype());
    assertEquals(scores.logits(), npz.array("logits").tensor());
    assertArrayEquals(data.labels(), npz.array("labels").ints());
    assertEquals(model.gradients(data.all().x(), data.labels()), npz.array("gradients").tensor());
  }

  @Test
  void peopleGetATable() throws IOException {
    Ran ran = Ran.bagel("predict", "--model", Ran.model(folder), "--data", "fashion-mnist");
    assertTrue(ran.done().out().startsWith("1000 examples of fashion-mnist, accuracy "));
    assertEquals(12, ran.out().lines().count());
    assertEquals("", ran.err());
  }

  @Test
  void attackAnswersWhatTheEvaluationSays() throws IOException {
    Path file = Ran.model(folder);
    Path adv = folder.resolve("adv.npz");
    JsonNode json =
        Ran.bagel(
                "attack",
                "--model",
                file,
                "--data",
                "fashion-mnist",
                "--first",
                40,
                "--offset",
                5,
                "--attack",
                "pgd",
                "--eps",
                "2/255,0.1",
                "--steps",
                5,
                "--step-size",
                0.03,
                "--restarts",
                2,
                "--seed",
                3,
                "--json",
                "--save",
                adv)
            .json();
    assertTrue(
        keys(json)
            .containsAll(
                List.of("attack", "norm", "settings", "n", "seed", "model", "data", "versions")));
    Model model = ModelFile.read(file).model();
    Batch batch = Datasets.open("fashion-mnist", Split.TEST).slice(5, 40).all();
    Seeds seeds = new Seeds(Rng.of(3), IntStream.range(5, 45).toArray());
    double[] radii = {2 / 255.0, 0.1};
    Npz npz = Npz.open(adv);
    List<Evaluation.Outcome> outcomes =
        Evaluation.of(model, batch)
            .seeds(seeds)
            .against(Pgd.in(Ball.linf(1)).steps(5).stepSize(0.03).restarts(2), radii)
            .outcomes();
    for (int i = 0; i < radii.length; i++) {
      Evaluation.Outcome o = outcomes.get(i);
      JsonNode result = json.get("results").get(i);
      assertEquals(radii[i], result.get("eps").asDouble());
      assertEquals(o.cleanAccuracy(), result.get("clean_accuracy").asDouble());
      assertEquals(o.robustAccuracy(), result.get("robust_accuracy").asDouble());
      assertEquals(o.successRate(), result.get("success").asDouble());
      assertEquals(o.cost().gradients(), result.get("gradients").asLong());
      assertEquals(o.cost().forwards(), result.get("forwards").asLong());
      assertEquals(o.attack(), result.get("settings").asText());
      for (int e = 0; e < 40; e++) {
        assertEquals(o.success()[e], result.get("per_example").get("success").get(e).asBoolean());
        assertEquals(o.distance()[e], result.get("per_example").get("distance").get(e).asDouble());
      }
      assertEquals(o.x(), npz.array("x_" + i).tensor());
    }
    assertEquals(npz.array("x_1").tensor(), npz.array("x").tensor());
    assertArrayEquals(batch.labels(), npz.array("y").ints());
    assertArrayEquals(radii, npz.array("eps").doubles());
  }

  /** Those that ask a thousand questions and more are tested where they live. */
  @Test
  void everyAttackRunsInEveryNormThatItSaysItHas() throws IOException {
    Path file = Ran.model(folder);
    for (AttackEntry attack : Registry.ALL) {
      for (Norm norm :
          attack.queries().matches(".*[0-9]{4}.*") ? List.<Norm>of() : attack.norms()) {
        JsonNode json =
            Ran.bagel(
                    "attack",
                    "--model",
                    file,
                    "--data",
                    "fashion-mnist",
                    "--first",
                    4,
                    "--attack",
                    attack.name(),
                    "--norm",
                    norm.label(),
                    "--eps",
                    "2",
                    "--json")
                .json();
        assertEquals(attack.name(), json.get("attack").asText());
        assertEquals(norm.label(), json.get("norm").asText());
        for (JsonNode d : json.get("results").get(0).get("per_example").get("distance")) {
          assertTrue(d.asDouble() <= 2.0001);
        }
      }
    }
  }

  @Test
  void attacksAreListedByThreatModel() throws IOException {
    String all = Ran.bagel("attacks").done().out();
    for (AttackEntry attack : Registry.ALL) {
      assertTrue(all.contains(attack.name()), attack.name());
    }
    JsonNode few =
        Ran.bagel("attacks", "--knowledge", "scores", "--norm", "l2", "--json")
            .json()
            .get("attacks");
    assertTrue(few.size() > 0);
    for (JsonNode one : few) {
      assertEquals("scores", one.get("knowledge").asText());
      assertTrue(one.get("norms").toString().contains("l2"));
    }
  }

  @Test
  void aTimeLimitEndsAnAttack() throws IOException {
    JsonNode json =
        Ran.bagel(
                "attack",
                "--model",
                Ran.model(folder),
                "--data",
                "fashion-mnist",
                "--first",
                40,
                "--eps",
                "0.1,0.2",
                "--time-limit",
                0,
                "--json")
            .json();
    for (JsonNode result : json.get("results")) {
      assertEquals("out of time", result.get("ending").asText());
      JsonNode each = result.get("per_example");
      for (int e = 0; e < 40; e++) { // what is wrong already needs no attack
        assertEquals(each.get("success").get(e), each.get("attacked").get(e));
      }
    }
  }

  @Test
  void whatDidNotComeToItsEndIsSaid() throws IOException {
    for (String attack : List.of("autoattack", "pgd", "fmn")) {
      Ran ran =
          Ran.bagel(
              "attack",
              "--model",
              Ran.model(folder),
              "--data",
              "fashion-mnist",
              "--first",
              10,
              "--attack",
              attack,
              "--eps",
              "0.001",
              "--restarts",
              2,
              "--time-limit",
              0);
      assertTrue(ran.done().err().contains("out of time: "), ran.err());
    }
  }

  @Test
  void randomTargetsAreWrongClassesAndDependOnTheExampleAlone() throws IOException {
    Path file = Ran.model(folder);
    Object[] command = {
      "attack",
      "--model",
      file,
      "--data",
      "fashion-mnist",
      "--eps",
      "0.1",
      "--attack",
      "fgsm",
      "--targeted",
      "--json",
      "--first",
      "8"
    };
    JsonNode json = Ran.bagel(command).json();
    for (int i = 0; i < 8; i++) {
      assertTrue(json.get("targets").get(i).asInt() != json.get("labels").get(i).asInt());
    }
    Object[] later = Stream.concat(Stream.of(command), Stream.of("--offset", "2")).toArray();
    JsonNode shifted = Ran.bagel(later).json();
    assertEquals(json.get("targets").get(2), shifted.get("targets").get(0));
  }

  @Test
  void weakSettingsAreSaid() throws IOException {
    Ran ran =
        Ran.bagel(
            "attack",
            "--model",
            Ran.model(folder),
            "--data",
            "fashion-mnist",
            "--first",
            "4",
            "--eps",
            "0.3",
            "--steps",
            "3",
            "--step-size",
            "0.01");
    assertTrue(ran.done().err().contains("do not reach ε = 0.3"), ran.err());
  }

  @Test
  void trainSavesAModelThatPredictsAndGoesOn() throws IOException {
    Path net = folder.resolve("new.safetensors");
    JsonNode json =
        Ran.bagel(
                "train",
                "--model",
                Ran.model(folder),
                "--data",
                "fashion-mnist",
                "--first",
                512,
                "--validation-split",
                "0.25",
                "--epochs",
                2,
                "--optimizer",
                "sgd",
                "--schedule",
                "cosine",
                "--warm-up",
                "0.1",
                "--label-smoothing",
                "0.05",
                "--save",
                net,
                "--json")
            .json();
    assertEquals(2, json.get("history").size());
    assertEquals(384, json.get("data").get("n").asInt());
    assertEquals(128, json.get("validation").get("n").asInt());
    assertTrue(json.get("settings").asText().contains("Cosine"));
    assertTrue(json.get("validation_accuracy").asDouble() > 0.4);
    JsonNode again =
        Ran.bagel(
                "predict",
                "--model",
                net,
                "--data",
                "fashion-mnist",
                "--split",
                "train",
                "--offset",
                384,
                "--first",
                128,
                "--json")
            .json();
    assertEquals(json.get("validation_accuracy").asDouble(), again.get("accuracy").asDouble());
    assertEquals("ankle boot", again.get("class_names").get(9).asText());
  }

  @Test
  void adversarialTrainingAndEveryOptimizerRun() throws IOException {
    Path start = Ran.model(folder);
    for (OptimizerName o : OptimizerName.values()) {
      JsonNode json =
          Ran.bagel(
                  "train",
                  "--model",
                  start,
                  "--data",
                  "fashion-mnist",
                  "--first",
                  64,
                  "--epochs",
                  1,
                  "--optimizer",
                  o.name(),
                  "--adversarial",
                  "--eps",
                  "0.1",
                  "--steps",
                  2,
                  "--json",
                  "--validation-split",
                  "0",
                  "--clean-weight",
                  "1/2")
              .json();
      assertTrue(json.get("settings").asText().contains("AdversarialTraining"));
      assertTrue(json.get("validation_accuracy").isNull());
      assertTrue(json.get("history").get(0).get("validation_loss").isNull());
    }
  }

  @Test
  void picturesArePredictedAndAttackedWithoutLabels() throws IOException {
    Path file = Ran.model(folder);
    Path pictures = folder.resolve("pictures");
    Ran.bagel(
            "attack",
            "--model",
            file,
            "--data",
            "fashion-mnist",
            "--first",
            2,
            "--eps",
            "0.1",
            "--attack",
            "fgsm",
            "--save-images",
            pictures)
        .done();
    try (Stream<Path> files = Files.list(pictures)) {
      assertEquals(6, files.count());
    }
    Path clean = pictures.resolve("00001-clean.png");
    JsonNode one = Ran.bagel("predict", "--model", file, "--data", clean, "--json").json();
    JsonNode known =
        Ran.bagel("predict", "--model", file, "--data", "fashion-mnist", "--first", 2, "--json")
            .json();
    assertTrue(one.get("accuracy").isNull());
    assertEquals(
        known.get("confidences").get(1).asDouble(), one.get("confidences").get(0).asDouble(), 1e-6);
    JsonNode attacked =
        Ran.bagel("attack", "--model", file, "--data", pictures, "--eps", "0.1", "--json").json();
    assertEquals(attacked.get("clean_predictions"), attacked.get("labels"));
    assertFalse(attacked.get("data").get("labelled").asBoolean());
  }

  @Test
  void aCheckpointHasOneUserAtATime() throws IOException {
    Path checkpoint = folder.resolve("run.ckpt");
    FileLock.holding(
        checkpoint,
        () -> {
          Ran ran =
              Ran.bagel(
                  "train",
                  "--model",
                  Ran.model(folder),
                  "--data",
                  "fashion-mnist",
                  "--first",
                  64,
                  "--epochs",
                  1,
                  "--checkpoint",
                  checkpoint);
          assertEquals(2, ran.code());
          assertEquals(
              "bagel: another run is using it, "
                  + checkpoint
                  + "; wait for its end, or take another file",
              ran.err().strip());
        });
  }
}
