package dev.bagel.adversarial.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.AdversarialTraining;
import dev.bagel.adversarial.AttackException;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.auto.Apgd;
import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.adversarial.auto.Blobs;
import dev.bagel.adversarial.auto.Square;
import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Unary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A masked model must raise its finding, an honest one none. */
class AuditTest {
  private static final int N = 100;
  private static final Ball BALL = Ball.linf(0.08);
  private static final AutoAttack AUTO =
      new AutoAttack(
          List.of(
              new AutoAttack.Member("apgd-ce", Apgd.in(BALL).steps(30)),
              new AutoAttack.Member("square", Square.in(BALL).queries(300).scaled(true))));
  private static final Audit AUDIT = Audit.standard().examples(64).steps(30).queries(200);
  private static Model plain;
  private static Model hardened;
  private static Batch batch;

  @BeforeAll
  static void learn() {
    plain = Blobs.learned(Objective.crossEntropy());
    hardened =
        Blobs.learned(
            new AdversarialTraining(Pgd.in(Ball.linf(0.08)).steps(4).stepSize(0.03), 0.5));
    batch = Blobs.test(N).all();
  }

  private static Assessed assessed(Classifier f) throws IOException {
    return assessment(f, batch, Journal.NONE, Progress.NONE).run();
  }

  private static Assessment assessment(
      Classifier f, Batch batch, Journal journal, Progress progress) {
    Seeds seeds = Seeds.of(1, batch.size());
    return new Assessment(f, batch, AUTO, AUDIT, seeds, journal, stage -> {}, progress);
  }

  private static Set<String> names(Assessed a) {
    a.findings().forEach(f -> System.out.println("  " + f.name() + ": " + f.what()));
    return a.findings().stream().map(Finding::name).collect(Collectors.toSet());
  }

  private static Classifier seen(UnaryOperator<Var> glasses) {
    return Classifier.of(x -> plain.logits(glasses.apply(x)), Bounds.UNIT);
  }

  // ---- honest models
  // ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anHonestModelRaisesNoFinding(boolean adversarially) throws IOException {
    Assessed a = assessed(adversarially ? hardened : plain);
    System.out.printf("%.2f clean, %.2f robust%n", a.cleanAccuracy(), a.robustAccuracy());
    System.out.println(a.points());
    assertEquals(Set.of(), names(a));
    assertTrue(a.cleanAccuracy() > 0.9);
    assertTrue(a.robustAccuracy() < a.cleanAccuracy());
    assertEquals(0, a.points().get(a.points().size() - 1).accuracy(), 0.05);
  }

  // ---- planted masks
  // ------------------------------------------------------------------------------

  private record Masked(String how, Classifier f, String finding) {
    @Override
    public String toString() {
      return how;
    }
  }

  static Stream<Masked> masked() {
    AtomicInteger draws = new AtomicInteger();
    Custom stairs = Custom.straightThrough("stairs", t -> t.map(Unary.FLOOR));
    return Stream.of(
        new Masked(
            "saturated logits",
            Classifier.of(x -> plain.logits(x).mul(300), Bounds.UNIT),
            "ZeroGradients"),
        new Masked("rounded input", seen(x -> x.mul(8).floor().div(8)), "ZeroGradients"),
        new Masked(
            "rounded input, straight through",
            seen(x -> stairs.of(x.mul(4)).div(4)),
            "GradientsMislead"),
        new Masked(
            "random input",
            seen(
                x ->
                    x.add(
                        Var.constant(
                            Tensor.gaussian(x.shape(), Rng.of(draws.incrementAndGet()))
                                .mul(0.1f)))),
            "Randomised"),
        new Masked(
            "probabilities",
            Classifier.of(x -> Fn.softmax(plain.logits(x)), Bounds.UNIT),
            "LogitsAreProbabilities"),
        new Masked(
            "a purifier",
            seen(
                x -> {
                  Var y = x;
                  for (int t = 0; t < 5; t++) {
                    y =
                        y.add(
                            plain
                                .logits(y)
                                .sumAxes(1)
                                .reshape(y.shape().dim(0), 1, 1, 1)
                                .mul(1e-3f));
                  }
                  return y;
                }),
            "OptimisesAtInference"));
  }

  @ParameterizedTest
  @MethodSource("masked")
  void aMaskedModelRaisesItsFinding(Masked masked) throws IOException {
    System.out.println(masked);
    assertTrue(names(assessed(masked.f)).contains(masked.finding));
  }

  /** Square finds what the gradient of a rounded input cannot. */
  @Test
  void queriesBeatTheGradientOfARoundedInput() throws IOException {
    Set<String> names = names(assessed(seen(x -> x.mul(8).floor().div(8))));
    assertTrue(names.contains("QueriesBeatGradients"));
    assertTrue(names.contains("GradientsMislead") || names.contains("LargeRadiusDoesNotReachZero"));
  }

  @Test
  void threeClassesAreNamed() {
    Tensor x = Tensor.full(Shape.of(4, 3), 0.5f);
    Classifier f = Classifier.of(v -> v.mul(2), Bounds.UNIT);
    Batch four = new Batch(x, new int[4]);
    assertEquals(List.of(new Finding.FewClasses(3)), Checks.of(f, four));
  }

  @Test
  void inputsOutsideTheBoundsAreLeftOutAndNamed() throws IOException {
    Tensor x = batch.x().withRows(new int[] {3}, batch.x().rows(3).add(5));
    Batch odd = new Batch(x, batch.labels());
    Assessed a = assessment(plain, odd, Journal.NONE, Progress.NONE).run();
    assertTrue(names(a).contains("OutsideBounds"));
    assertEquals(N - 1, a.fates().size());
    assertFalse(a.fates().stream().anyMatch(f -> f.example() == 3));
  }

  // ---- the audit's arithmetic
  // ---------------------------------------------------------------------

  private static Map<String, Stage> stages(double one, double twice) {
    return Map.of(
        Audit.ONE_STEP, stage(one), Audit.TWICE, stage(twice), Audit.curve(0.1), stage(0.5));
  }

  private static Stage stage(double accuracy) {
    return new Stage("s", false, 100, 0, accuracy, Cost.NONE, 0);
  }

  private static List<String> names(double one, double twice, double... curve) {
    List<Point> points = new ArrayList<>();
    for (double accuracy : curve) {
      points.add(new Point(points.size() / 10.0, accuracy));
    }
    return Audit.standard().findings(Ball.linf(0.1), points, stages(one, twice), 100).stream()
        .map(Finding::name)
        .toList();
  }

  @Test
  void theNumbersDecide() {
    assertEquals(List.of(), names(0.8, 0.5, 0.9, 0.5, 0));
    assertEquals(List.of("SingleStepBeatsIterative"), names(0.4, 0.5, 0.9, 0.5, 0));
    assertEquals(List.of("NotConverged"), names(0.8, 0.4, 0.9, 0.5, 0));
    assertEquals(List.of("SuccessFallsWithRadius"), names(0.8, 0.5, 0.5, 0.9, 0));
    assertEquals(List.of("LargeRadiusDoesNotReachZero"), names(0.8, 0.5, 0.9, 0.5, 0.2));
    assertEquals(List.of(), names(0.49, 0.49, 0.5, 0.51, 0.01));
  }

  @Test
  void everyFindingHasAdviceAndAPaper() {
    List<Finding> all =
        List.of(
            new Finding.SingleStepBeatsIterative(0.1, 0.2, 0.3),
            new Finding.QueriesBeatGradients("square", 0.3, 0.2),
            new Finding.SuccessFallsWithRadius(0.1, 0.2, 0.2, 0.3),
            new Finding.LargeRadiusDoesNotReachZero(1, 0.2),
            new Finding.NotConverged(100, 0.3, 0.2),
            new Finding.ZeroGradients(3, 4),
            new Finding.GradientsMislead(3, 4, List.of("floor")),
            new Finding.LogitsAreProbabilities(4),
            new Finding.Randomised(1, 4, 0.1),
            new Finding.OptimisesAtInference(9),
            new Finding.FewClasses(2),
            new Finding.OutsideBounds(1, 2, Bounds.UNIT));
    assertEquals(Finding.class.getPermittedSubclasses().length, all.size());
    for (Finding f : all) {
      assertFalse(f.what().isBlank() || f.advice().isBlank() || f.paper().isBlank());
    }
  }

  // ---- killed, and resumed
  // ------------------------------------------------------------------------

  @Test
  void aKilledRunGoesOnAndEndsTheSame(@TempDir Path folder) throws IOException {
    Assessed whole = assessed(hardened);
    Path file = folder.resolve("journal");
    AtomicInteger heard = new AtomicInteger();
    int kills = 0;
    Assessed resumed = null;
    while (resumed == null) {
      FileJournal journal = FileJournal.open(file, "experiment");
      heard.set(0);
      int recalled = journal.size();
      try {
        resumed =
            assessment(
                    hardened,
                    batch,
                    journal,
                    (done, total, what) -> {
                      if (heard.incrementAndGet() > recalled + 3) {
                        throw new AttackException("killed");
                      }
                    })
                .run();
      } catch (AttackException e) {
        kills++;
        byte[] bytes = Files.readAllBytes(file); // the kill came amid a record
        Files.write(file, Arrays.copyOf(bytes, bytes.length - (kills % 2 == 0 ? 5 : 0)));
      }
    }
    assertTrue(kills > 2);
    assertEquals(whole.fates(), resumed.fates());
    assertEquals(whole.points(), resumed.points());
    assertEquals(whole.findings(), resumed.findings());
    for (int i = 0; i < N; i++) {
      assertEquals(whole.worst(i), resumed.worst(i));
    }
  }

  @Test
  void aJournalOfAnotherExperimentIsBegunAnew(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("journal");
    FileJournal one = FileJournal.open(file, "one");
    assessment(plain, batch, one, Progress.NONE).run();
    assertTrue(one.size() > 5);
    assertEquals(one.size(), FileJournal.open(file, "one").size());
    assertEquals(0, FileJournal.open(file, "two").size());
  }

  @Test
  void nothingToAssessIsRefused() {
    Batch none = new Batch(batch.x().add(7), batch.labels());
    assertThrows(
        IllegalArgumentException.class, () -> assessment(plain, none, Journal.NONE, Progress.NONE));
  }
}
