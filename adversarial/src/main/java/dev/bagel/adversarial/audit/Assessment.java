package dev.bagel.adversarial.audit;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.Decision;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.auto.AutoAttack;
import dev.bagel.adversarial.auto.Square;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Classifier;
import dev.bagel.nn.Progress;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How a classifier stands up to an ensemble, and whether that can be believed: the stages of {@link
 * AutoAttack} one after the other, each on all that survived the last; then the {@link Audit}. It
 * goes batch by batch, and what is in the journal is not done again.
 */
public final class Assessment {
  private final Classifier f;
  private final AutoAttack auto;
  private final Audit audit;
  private final Journal journal;
  private final Consumer<Stage> listener;
  private final Progress progress;
  private final Batch batch;
  private final Seeds seeds;
  private final int[] clean;
  private final int[] predicted;
  private final double[] distance;
  private final String[] by;
  private final Tensor[] worst;
  private final int outside;

  /**
   * An assessment; inputs outside the model's bounds are left out.
   *
   * @param listener hears of every stage of the ensemble when it is done
   */
  public Assessment(
      Classifier f,
      Batch all,
      AutoAttack auto,
      Audit audit,
      Seeds seeds,
      Journal journal,
      Consumer<Stage> listener,
      Progress progress) {
    int[] inside = inside(f.bounds(), all.x());
    outside = all.size() - inside.length;
    if (inside.length == 0) {
      throw new IllegalArgumentException(
          "no input to assess: %d given, none inside %s".formatted(all.size(), f.bounds()));
    }
    this.f = f;
    this.audit = audit;
    this.journal = journal;
    this.listener = listener;
    this.progress = progress;
    this.seeds = seeds.rows(inside);
    batch = rows(all, inside);
    Tensor scores = f.scores(batch.x());
    this.auto = auto.fitting(scores.shape().dim(1));
    clean = Decision.of(scores);
    predicted = clean.clone();
    distance = new double[batch.size()];
    by = new String[batch.size()];
    worst = new Tensor[batch.size()];
    Arrays.fill(by, "");
  }

  private static int[] inside(Bounds bounds, Tensor x) {
    int n = x.shape().dim(0);
    int d = n == 0 ? 0 : x.size() / n;
    return IntStream.range(0, n)
        .filter(
            i ->
                IntStream.range(i * d, (i + 1) * d)
                    .allMatch(j -> x.get(j) >= bounds.low() && x.get(j) <= bounds.high()))
        .toArray();
  }

  private static Batch rows(Batch batch, int... rows) {
    return new Batch(
        batch.x().rows(rows), IntStream.of(rows).map(i -> batch.labels()[i]).toArray());
  }

  /**
   * Runs what is not in the journal.
   *
   * @throws dev.bagel.adversarial.AttackException if an attack breaks down, or leaves its ball
   */
  public Assessed run() throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (AutoAttack.Member m : auto.members()) {
      int[] left = where(i -> predicted[i] == batch.labels()[i]);
      Leg leg = new Leg(m.name(), m.attack(), left, seeds.at(m.name()));
      run(leg);
      keepWorst(leg);
      double accuracy = (double) (left.length - leg.fooled()) / batch.size();
      stages.add(leg.stage(accuracy));
      listener.accept(stages.get(stages.size() - 1));
    }
    int[] audited = where(i -> clean[i] == batch.labels()[i]);
    audited = Arrays.copyOf(audited, Math.min(audited.length, audit.examples()));
    List<Finding> findings = new ArrayList<>();
    if (outside > 0) {
      findings.add(new Finding.OutsideBounds(outside, outside + batch.size(), f.bounds()));
    }
    findings.addAll(Checks.of(f, batch));
    fromStages(stages, findings);
    List<Point> points = List.of();
    if (audited.length > 0) {
      points = audit(audited, findings);
    }
    return new Assessed(
        auto, audit, stages, points, audited.length, findings, fates(), batch.x(), worst.clone());
  }

  private int[] where(IntPredicate p) {
    return IntStream.range(0, batch.size()).filter(p).toArray();
  }

  /** Where queries alone found what gradients did not. */
  private void fromStages(List<Stage> stages, List<Finding> findings) {
    double before = 1;
    for (int s = 0; s < stages.size(); s++) {
      Stage stage = stages.get(s);
      if (s > 0 && stage.blackBox()) {
        Audit.queriesBeatGradients(stage.name(), before, stage.accuracy(), batch.size())
            .ifPresent(findings::add);
      }
      before = stage.accuracy();
    }
  }

  private List<Point> audit(int[] audited, List<Finding> findings) throws IOException {
    Map<String, Stage> stages = new LinkedHashMap<>();
    int[] left = audited; // by APGD at ε
    for (Map.Entry<String, BallAttack> e :
        audit.legs(auto.ball(), f.bounds(), batch.x()).entrySet()) {
      int[] rows = e.getKey().equals(Audit.QUERIES) ? left : audited;
      Leg leg = new Leg("audit, " + e.getKey(), e.getValue(), rows, seeds.at("audit"));
      run(leg);
      stages.put(e.getKey(), leg.stage((double) leg.survivors().length / audited.length));
      left = e.getKey().equals(Audit.curve(auto.ball().epsilon())) ? leg.survivors() : left;
    }
    List<Double> epsilons = audit.epsilons(auto.ball(), f.bounds(), batch.x());
    List<Point> points = audit.points(epsilons, stages);
    findings.addAll(audit.findings(auto.ball(), points, stages, audited.length));
    return points;
  }

  /** One attack on some of the inputs, and what came out. */
  private static final class Leg {
    final String name;
    final BallAttack attack;
    final int[] rows;
    final Seeds seeds;
    final List<Journal.Entry> entries = new ArrayList<>();

    Leg(String name, BallAttack attack, int[] rows, Seeds seeds) {
      this.name = name;
      this.attack = attack;
      this.rows = rows;
      this.seeds = seeds;
    }

    int[] survivors() {
      return IntStream.range(0, rows.length)
          .filter(r -> !entries.get(r / Attack.BATCH).fooled()[r % Attack.BATCH])
          .map(r -> rows[r])
          .toArray();
    }

    int fooled() {
      return rows.length - survivors().length;
    }

    Stage stage(double accuracy) {
      Cost cost = entries.stream().map(Journal.Entry::cost).reduce(Cost.NONE, Cost::plus);
      double seconds = entries.stream().mapToDouble(Journal.Entry::seconds).sum();
      return new Stage(
          name, attack instanceof Square, rows.length, fooled(), accuracy, cost, seconds);
    }
  }

  private void run(Leg leg) throws IOException {
    for (int from = 0; from < leg.rows.length; from += Attack.BATCH) {
      int to = Math.min(leg.rows.length, from + Attack.BATCH);
      int[] rows = Arrays.copyOfRange(leg.rows, from, to);
      Journal.Entry entry = journal.recalled(leg.name, from).orElse(null);
      if (entry == null) {
        entry = entry(leg, rows);
        journal.note(leg.name, from, entry);
      }
      leg.entries.add(entry);
      progress.at(to, leg.rows.length, leg.name);
    }
  }

  private Journal.Entry entry(Leg leg, int... rows) {
    Batch some = rows(batch, rows);
    Goal goal = Goal.untargeted(some.labels());
    Evaluation.Outcome o =
        Evaluation.of(f, some, leg.attack, goal, leg.seeds.rows(rows), Progress.NONE);
    int[] fooled = IntStream.range(0, rows.length).filter(r -> o.success()[r]).toArray();
    return new Journal.Entry(
        o.predicted(), o.distance(), o.success(), o.x().rows(fooled), o.cost(), o.seconds());
  }

  private void keepWorst(Leg leg) {
    for (int r = 0; r < leg.rows.length; r++) {
      Journal.Entry entry = leg.entries.get(r / Attack.BATCH);
      int at = r % Attack.BATCH;
      if (entry.fooled()[at]) {
        int i = leg.rows[r];
        int before = (int) IntStream.range(0, at).filter(k -> entry.fooled()[k]).count();
        predicted[i] = entry.predicted()[at];
        distance[i] = entry.distance()[at];
        by[i] = leg.name;
        worst[i] = entry.x().rows(before);
      }
    }
  }

  private List<Fate> fates() {
    return IntStream.range(0, batch.size())
        .mapToObj(
            i ->
                new Fate(
                    seeds.examples()[i],
                    batch.labels()[i],
                    clean[i],
                    by[i],
                    predicted[i],
                    distance[i]))
        .toList();
  }
}
