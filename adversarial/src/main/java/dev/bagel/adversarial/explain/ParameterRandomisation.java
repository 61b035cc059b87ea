package dev.bagel.adversarial.explain;

import dev.bagel.nn.Model;
import dev.bagel.nn.ModelGraph;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whether an explanation depends on what the model has learned. The weights are made random, layer
 * by layer from the scores downwards; an explanation that hardly changes does not explain the
 * model, however convincing it looks. Adebayo et al. 2018, "Sanity checks for saliency maps", §3
 * (cascading randomisation).
 *
 * <p>Where the paper draws fresh weights, here those of a layer are shuffled: their distribution
 * stays, so that no signal dies out or explodes on the way.
 *
 * <p>The paper shows curves and draws no line. Here the maps of before are compared, as Arun et al.
 * 2021 ("Assessing the trustworthiness of saliency maps for localizing abnormalities in medical
 * imaging") do it, with those of other inputs as well: with half of the layers random, a map should
 * be hardly more like the one before than the maps of two inputs are like each other. By how much
 * more its correlation may be is {@code limit}. On the five nets that were tried it was −0.30 to
 * 0.03 more for Grad-CAM, −0.03 to 0.19 for the magnitude of gradients, and 0.23 to 0.54 for guided
 * back-propagation.
 *
 * @param of the explanation
 * @param limit how much more correlated the maps may be
 */
public record ParameterRandomisation(Explanation of, double limit) {
  /** With a limit of 0.2. */
  public static ParameterRandomisation of(Explanation explanation) {
    return new ParameterRandomisation(explanation, 0.2);
  }

  /**
   * How much is left after the weights of one more layer became random.
   *
   * @param layer the name of its weights
   * @param left how alike the maps of before and after are, on average over the inputs
   */
  public record Stage(String layer, Agreement left) {}

  /**
   * The cascade, and what it says.
   *
   * @param stages from the scores downwards
   * @param unrelated the correlation of the maps of different inputs, before; 0 if there is one
   */
  public record Outcome(List<Stage> stages, double unrelated, double limit) {
    public Outcome {
      stages = List.copyOf(stages);
    }

    /** The correlation of the maps of before with those when half of the layers are random. */
    public double halfway() {
      return stages.get(stages.size() / 2).left().correlation();
    }

    /** Whether the maps change when the model does. */
    public boolean passes() {
      return halfway() - unrelated < limit;
    }
  }

  /**
   * Runs the cascade on some inputs; the classes in question stay those of the trained model.
   *
   * @throws ExplanationException if the model has no weights to make random
   */
  public Outcome run(Question q, Rng rng) {
    List<List<String>> layers = layers(q.model());
    if (layers.isEmpty()) {
      throw new ExplanationException(
          "no matrix and no filters to make random, in " + q.model() + "; nothing was learned");
    }
    Shape plane = Heatmap.plane(q.model().example());
    Heatmap trained = of.heatmap(q.progress(Progress.NONE)).resized(plane);
    Map<String, Tensor> numbers = new LinkedHashMap<>(q.model().params().all());
    List<Stage> stages = new ArrayList<>();
    for (List<String> layer : layers) {
      layer.forEach(name -> numbers.computeIfPresent(name, (n, t) -> shuffled(t, rng.at(n))));
      Model random = q.model().with(q.model().params().with(numbers));
      Heatmap map = of.heatmap(q.of(random).progress(Progress.NONE)).resized(plane);
      stages.add(new Stage(layer.get(0), Agreement.mean(Agreement.of(trained, map))));
      q.progress().at(stages.size(), layers.size(), "randomise");
    }
    return new Outcome(stages, unrelated(trained), limit);
  }

  /** How correlated the map of each input is with that of the next. */
  private static double unrelated(Heatmap map) {
    int[] next = IntStream.range(0, map.size()).map(i -> (i + 1) % map.size()).toArray();
    Heatmap others = new Heatmap(map.values().rows(next), map.signed());
    return map.size() == 1 ? 0 : Agreement.mean(Agreement.of(map, others)).correlation();
  }

  private static Tensor shuffled(Tensor t, Rng rng) {
    return t.reshape(t.size()).rows(rng.permutation(t.size())).reshape(t.shape());
  }

  /**
   * The names of the weights of each layer, the last layer first: of a part of the model with a
   * matrix or filters, and of the parts after it that have vectors alone, as normalisations do.
   */
  static List<List<String>> layers(Model model) {
    Map<String, Tensor> unread = new LinkedHashMap<>(model.params().weights());
    List<List<String>> layers = new ArrayList<>();
    for (ModelGraph.Row row : ModelGraph.of(model).rows()) {
      List<String> names = row.reads().stream().filter(unread::containsKey).toList();
      if (names.stream().anyMatch(n -> unread.get(n).shape().rank() > 1)) {
        layers.add(0, new ArrayList<>());
      }
      if (!layers.isEmpty()) {
        layers.get(0).addAll(names);
      }
      unread.keySet().removeAll(names);
    }
    return layers;
  }
}
