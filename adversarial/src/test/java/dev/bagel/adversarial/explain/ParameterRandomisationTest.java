package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class ParameterRandomisationTest {
  private static Question trained;

  @BeforeAll
  static void train() {
    Dataset data = FashionMnist.embedded(Split.TRAIN).slice(0, 2000);
    Model fresh = Model.init(Zoo.smoothCnn(Activation.RELU), data.example(), Rng.of(1));
    Trainer trainer = Trainer.of(Objective.crossEntropy(), Optimizer.adam(1e-3)).epochs(2);
    Model model = trainer.fit(fresh, data).model();
    trained = Question.of(model, FashionMnist.embedded(Split.TEST).slice(0, 12).all().x());
  }

  private static ParameterRandomisation.Outcome of(Explanation e) {
    return ParameterRandomisation.of(e).run(trained, Rng.of(2));
  }

  /** Adebayo et al. 2018, Fig. 2 and 4. */
  @Test
  void guidedBackpropagationFailsAndGradientsAndGradCamPass() {
    ParameterRandomisation.Outcome guided = of(new GuidedBackpropagation());
    assertFalse(guided.passes(), guided.toString());
    for (Explanation e : List.of(new Saliency(), new IntegratedGradients(20, 0), GradCam.last())) {
      ParameterRandomisation.Outcome outcome = of(e);
      assertTrue(outcome.passes(), e + " " + outcome);
      assertTrue(outcome.halfway() < guided.halfway() - 0.2, e + " " + outcome);
    }
  }

  @Test
  void mapsOfOneInputHaveNoOthersToBeComparedWith() {
    Question one = Question.of(trained.model(), trained.x().rows(0));
    assertEquals(0, ParameterRandomisation.of(GradCam.last()).run(one, Rng.of(2)).unrelated());
  }

  /** The maps of a layer do not see the weights above it. */
  @Test
  void featureMapsChangeOnlyWithTheWeightsBelowThem() {
    List<ParameterRandomisation.Stage> stages = of(FeatureMaps.at("4")).stages();
    assertEquals(5, stages.size());
    for (ParameterRandomisation.Stage s : stages) {
      boolean above = List.of("11.weight", "9.weight", "6.weight").contains(s.layer());
      assertEquals(above, s.left().correlation() > 1 - 1e-9, s.toString());
    }
  }

  @Test
  void integratedGradientsOfATrainedNetAreComplete() {
    IntegratedGradients ig = new IntegratedGradients(1000, 0);
    Heatmap map = ig.heatmap(trained);
    double[] missing = ig.residuals(trained, map);
    for (int i = 0; i < missing.length; i++) {
      assertEquals(0, missing[i] / (map.sum(i) - missing[i]), 1e-3);
    }
  }

  @Test
  void layersAreFoundInTheOrderOfTheirUseWhateverTheirNames(Rng rng) {
    Model gap = Nets.gap(rng);
    assertEquals(
        List.of(List.of("3.weight", "3.bias"), List.of("0.weight", "0.bias")),
        ParameterRandomisation.layers(gap));
    assertEquals(
        List.of(List.of("head", "offset"), List.of("filters", "shift")),
        ParameterRandomisation.layers(Nets.imported(gap)));
  }
}
