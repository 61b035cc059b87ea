package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Evaluation.Outcome;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.data.Batch;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came out of an attack, one outcome for each radius, as a table, a document and files. */
record AttackReport(
    AttackEntry attack,
    ModelOptions.Named model,
    Examples examples,
    Batch batch,
    Goal goal,
    List<Outcome> outcomes) {
  private static final Bounds UNBOUNDED_SHOWN = Bounds.UNIT;

  /** The mean distance of the inputs that were moved; NaN if none was. */
  static double meanDistance(Outcome o) {
    return Arrays.stream(o.distance()).filter(d -> d > 0).average().orElse(Double.NaN);
  }

  Table table() {
    Table table = Table.of("ε", "clean", "robust", "success", "mean distance", "seconds");
    for (Outcome o : outcomes) {
      table.row(
          o.ball() == null ? "-" : Text.number(o.ball().epsilon()),
          Text.percent(o.cleanAccuracy()),
          Text.percent(o.robustAccuracy()),
          Text.percent(o.successRate()),
          Text.number(meanDistance(o)),
          Text.seconds(o.seconds()));
    }
    return table;
  }

  Map<String, Object> document(long seed) {
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "attack");
    d.put("attack", attack.name());
    Ball ball = outcomes.get(0).ball();
    d.put("norm", ball == null ? null : ball.norm().label());
    d.put("settings", outcomes.get(0).attack());
    d.put("goal", goal.toString());
    d.put("n", batch.size());
    d.put("seed", seed);
    d.put("model", model.source());
    d.put("data", examples.toMap());
    d.put("labels", batch.labels());
    d.put("targets", goal instanceof Goal.Targeted t ? t.targets() : null);
    d.put("clean_predictions", outcomes.get(0).clean());
    d.put("already", already(goal, outcomes.get(0)));
    d.put("results", outcomes.stream().map(AttackReport::result).toList());
    d.put("versions", Versions.all());
    return d;
  }

  /** How it ended: complete, out of time, cancelled. */
  static String ending(Outcome o) {
    return o.ending().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** How many inputs are as the goal wants them before any attack. */
  static int already(Goal goal, Outcome o) {
    int n = 0;
    for (boolean r : goal.reached(o.clean())) { // plain goals of classes only
      n += r ? 1 : 0;
    }
    return n;
  }

  private static Map<String, Object> result(Outcome o) {
    Map<String, Object> r = new LinkedHashMap<>();
    r.put("eps", o.ball() == null ? null : o.ball().epsilon());
    r.put("clean_accuracy", o.cleanAccuracy());
    r.put("robust_accuracy", o.robustAccuracy());
    r.put("success", o.successRate());
    r.put("mean_distance", meanDistance(o));
    r.put("seconds", o.seconds());
    r.put("gradients", o.cost().gradients());
    r.put("forwards", o.cost().forwards());
    r.put("settings", o.attack());
    r.put("ending", ending(o));
    Map<String, Object> each = new LinkedHashMap<>();
    each.put("success", o.success());
    each.put("attacked", o.attacked());
    each.put("distance", o.distance());
    each.put("prediction", o.predicted());
    r.put("per_example", each);
    return r;
  }

  /** Writes the perturbed inputs; nothing if {@code file} is null. */
  void save(Path file) throws IOException {
    if (file == null) {
      return;
    }
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    int last = outcomes.size() - 1;
    arrays.put("x", NpyArray.of(outcomes.get(last).x()));
    for (int i = 0; i < outcomes.size() && last > 0; i++) {
      arrays.put("x_" + i, NpyArray.of(outcomes.get(i).x()));
    }
    arrays.put("y", NpyArray.of(Shape.of(batch.size()), batch.labels()));
    double[] eps =
        outcomes.stream()
            .mapToDouble(o -> o.ball() == null ? Double.NaN : o.ball().epsilon())
            .toArray();
    arrays.put("eps", NpyArray.of(Shape.of(eps.length), eps));
    Npz.write(file, arrays, Npz.Packing.STORED);
  }

  /** Writes three pictures for each example; nothing if {@code folder} is null. */
  void saveImages(Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    Tensor after = outcomes.get(outcomes.size() - 1).x();
    for (int i = 0; i < batch.size(); i++) {
      Tensor clean = picture(batch.x(), i);
      Tensor adversarial = picture(after, i);
      Tensor delta = adversarial.sub(clean);
      String name = String.format(Locale.ROOT, "%05d", examples.offset() + i);
      PngFile.write(folder.resolve(name + "-clean.png"), clean, range());
      PngFile.write(folder.resolve(name + "-perturbation.png"), delta, PngFile.around(delta));
      PngFile.write(folder.resolve(name + "-adversarial.png"), adversarial, range());
    }
  }

  private Bounds range() {
    Bounds b = model.model().bounds();
    return b.isClosed() ? b : UNBOUNDED_SHOWN;
  }

  private Tensor picture(Tensor all, int i) {
    return all.rows(i).reshape(model.model().example());
  }

  /** Copies, so that a report never changes. */
  AttackReport {
    outcomes = List.copyOf(new ArrayList<>(outcomes));
  }
}
