package dev.bagel.adversarial.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.report.Provenance;
import dev.bagel.adversarial.report.TourSections;
import dev.bagel.adversarial.report.TourStrip;
import dev.bagel.adversarial.report.TourSummary;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Parallel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TourTest {
  private static final int THREADS = Parallel.threads();
  private static final List<String> LINES = new ArrayList<>();
  private static TourResult result;

  @BeforeAll
  static void once() throws IOException {
    result = tour(5, LINES);
  }

  @AfterEach
  void threadsAsBefore() {
    Parallel.threads(THREADS);
  }

  @Test
  void attackedIsNotBetterThanNoisyAndNoiseIsNotFarFromClean() {
    for (TrainedNet net : result.nets()) {
      double epsilon = result.settings().epsilon();
      double attacked = net.curve("PGD").at(epsilon);
      assertTrue(attacked <= net.curve("noise").at(epsilon), net.name());
      assertEquals(net.accuracy(), net.curve("PGD").at(0), net.name());
      assertTrue(net.accuracy() > 0.2, net.name() + " learned something: " + net.accuracy());
    }
  }

  @Test
  void examplesAreInTheirBallAndWrongOnlyAfterwards() {
    assertFalse(result.examples().isEmpty());
    List<Example> all = new ArrayList<>(result.examples());
    result.targeted().ifPresent(t -> all.add(t.example()));
    for (Example e : all) {
      assertEquals(e.label(), e.before().name());
      assertFalse(e.label().equals(e.after().name()), e.label());
      float most = 0;
      for (int i = 0; i < e.clean().size(); i++) {
        most = Math.max(most, Math.abs(e.clean().get(i) - e.adversarial().get(i)));
      }
      assertEquals(e.distance(), most, 1e-6);
      assertTrue(most <= e.ball().epsilon() + 1e-6, "outside " + e.ball() + ": " + most);
    }
  }

  @Test
  void theTargetedExampleIsWhatWasAskedFor() {
    Targeted t = result.targeted().orElseThrow();
    assertEquals(t.target(), t.example().after().name());
    assertTrue(t.successes() >= 1 && t.successes() <= t.pairs());
    assertTrue(t.doubt() < 0.5, "the net said something else before");
  }

  @Test
  void theReportSaysWhatWasMeasured(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("report.html");
    Provenance here = Provenance.here(List.of("bagel", "tour"), Instant.EPOCH);
    TourSections.report(result, List.of(), here).write(file);
    String html = Files.readString(file);
    for (TrainedNet net : result.nets()) {
      for (Curve c : net.curves()) {
        for (Curve.Point p : c.points()) {
          String cell = String.format(Locale.ROOT, ">%.1f</td>", 100 * p.accuracy());
          assertTrue(html.contains(cell), net.name() + " " + c.attack() + " " + p);
        }
      }
    }
    assertTrue(html.contains("<dt>seed</dt><dd>5</dd>"), "the seed");
    assertFalse(html.contains("<script"), "no script");
    assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("://"), "no address");
    assertTrue(TourStrip.of(result).length() < 150_000, "small enough for a README");
  }

  @Test
  void theSummaryHasTheSameNumbers() {
    Map<String, Object> summary = TourSummary.of(result, Path.of("report.html"));
    Map<?, ?> hardened = (Map<?, ?>) summary.get("hardened");
    assertEquals(result.hardened().accuracy(), hardened.get("clean_accuracy"));
    int points = result.hardened().curves().stream().mapToInt(c -> c.points().size()).sum();
    assertEquals(points, ((List<?>) hardened.get("curves")).size());
  }

  @Test
  void theSameSeedFindsTheSameForAnyNumberOfThreads() throws IOException {
    for (int threads : new int[] {1, 3}) {
      Parallel.threads(threads);
      List<String> lines = new ArrayList<>();
      TourResult again = tour(5, lines);
      assertEquals(LINES, lines);
      assertEquals(TourStrip.of(result), TourStrip.of(again));
      assertEquals(result.hardened().history(), again.hardened().history());
      assertEquals(result.check().accuracy(), again.check().accuracy());
    }
  }

  @Test
  void anotherSeedFindsSomethingElse() throws IOException {
    TourResult other = tour(6, new ArrayList<>());
    assertFalse(result.plain().history().equals(other.plain().history()));
  }

  @Test
  void everyBudgetIsHonestEnough() {
    for (Budget budget : Budget.values()) {
      TourSettings s = budget.settings(1, Zoo.tutorialCnn());
      assertTrue(s.attack().steps() >= 20, budget + ": PGD of so few steps flatters the nets");
      assertTrue(s.radii().contains(s.epsilon()), budget.toString());
    }
  }

  @Test
  void netsFitTheImagesTheyAreFor() {
    assertEquals(Zoo.tutorialCnn(), TourSettings.netFor(Shape.of(1, 28, 28), 10));
    Layer colour = TourSettings.netFor(Shape.of(3, 30, 33), 7);
    var model = dev.bagel.nn.Model.init(colour, Shape.of(3, 30, 33), dev.bagel.tensor.Rng.of(1));
    var scores = model.scores(dev.bagel.tensor.Tensor.zeros(Shape.of(2, 3, 30, 33)));
    assertEquals(Shape.of(2, 7), scores.shape());
    assertThrows(IllegalArgumentException.class, () -> TourSettings.netFor(Shape.of(784), 10));
  }

  private static TourResult tour(long seed, List<String> lines) throws IOException {
    Dataset train = FashionMnist.embedded(Split.TRAIN);
    Dataset test = FashionMnist.embedded(Split.TEST);
    return new Tour(tiny(seed), train, test, Progress.NONE, lines::add).run();
  }

  /** What takes a second: few images, and a net without convolutions. */
  private static TourSettings tiny(long seed) {
    Layer net = Layer.sequential(Layer.flatten(), Zoo.mlp(784, 16, 10));
    TourSettings small = Budget.SMALL.settings(seed, net);
    return new TourSettings(
        seed,
        net,
        small.plain().batch(32),
        small.hardening().batch(32).epochs(1),
        small.attack(),
        small.attack().steps(25),
        List.of(0.1),
        500,
        80,
        3,
        new TargetSearch.Settings(2, 0.5, List.of(0.05, 0.1, 0.3)));
  }
}
