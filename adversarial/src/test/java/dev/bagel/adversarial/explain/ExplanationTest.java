package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Seeds;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Explanations against what a pencil finds. */
@ExtendWith(Seeded.class)
class ExplanationTest {
  private static void assertNear(Tensor expected, Tensor found, double tolerance) {
    assertEquals(expected.shape(), found.shape());
    float scale = Math.max(1e-6f, expected.abs().maxTo(Shape.of()).item());
    assertArrayEquals(expected.array(), found.array(), (float) (tolerance * scale));
  }

  private static Tensor weights(Model linear, int k) {
    return linear.params().weights().get("1.weight").rows(k).reshape(Nets.COLOUR);
  }

  @Test
  void theSaliencyOfALinearModelIsItsStrongestWeight(Rng rng) {
    Model model = Nets.linear(rng);
    Question q = Question.of(model, Nets.pictures(3, rng)).classes(2, 0, 3);
    Heatmap map = new Saliency().heatmap(q);
    for (int i = 0; i < 3; i++) {
      Tensor w = weights(model, q.classes()[i]).abs();
      assertNear(w.maxTo(Shape.of(1, 8, 6)).reshape(8, 6), map.map(i), 1e-6);
    }
  }

  @Test
  void integratedGradientsOfALinearModelAreWeightTimesDifference(Rng rng) {
    Model model = Nets.linear(rng);
    Question q = Question.of(model, Nets.pictures(2, rng));
    for (int steps : new int[] {1, 7}) {
      IntegratedGradients ig = new IntegratedGradients(steps, 0.25);
      Tensor found = ig.attributions(q);
      for (int i = 0; i < 2; i++) {
        Tensor x = q.x().rows(i).reshape(Nets.COLOUR);
        assertNear(
            weights(model, q.classes()[i]).mul(x.add(-0.25f)),
            found.rows(i).reshape(Nets.COLOUR),
            1e-6);
      }
      for (double missing : ig.residuals(q, ig.heatmap(q))) {
        assertEquals(0, missing, 1e-5);
      }
    }
  }

  @Test
  void integratedGradientsAreCompleteOnceTheStepsAreFine(Rng rng) {
    Model smooth = Nets.conv(Activation.SOFTPLUS, rng);
    Question q = Question.of(smooth, Nets.pictures(4, rng));
    double[] coarse = residuals(new IntegratedGradients(2, 0), q);
    double[] fine = residuals(new IntegratedGradients(64, 0), q);
    for (int i = 0; i < 4; i++) {
      assertEquals(0, fine[i], 1e-4 + Math.abs(coarse[i]));
      assertEquals(0, fine[i], 1e-3);
    }
  }

  private static double[] residuals(IntegratedGradients ig, Question q) {
    return ig.residuals(q, ig.heatmap(q));
  }

  @Test
  void attributionsAreSlopesOfTheScore(Rng rng) {
    Model smooth = Nets.conv(Activation.SOFTPLUS, rng);
    Question q = Question.of(smooth, Nets.pictures(3, rng)).classes(4, 1, 0);
    Tensor v = Tensor.gaussian(q.x().shape(), rng.at("direction"));
    float h = 4e-3f;
    float[] up =
        new Question(smooth, q.x().add(v.mul(h)), q.classes(), q.seeds(), q.progress()).scores();
    float[] down =
        new Question(smooth, q.x().add(v.mul(-h)), q.classes(), q.seeds(), q.progress()).scores();
    Tensor g = new Saliency().attributions(q);
    for (int i = 0; i < 3; i++) {
      double slope = g.rows(i).dot(v.rows(i));
      assertEquals((up[i] - down[i]) / (2 * h), slope, 2e-3 * Math.max(1, Math.abs(slope)));
    }
  }

  @Test
  void smoothGradWithoutNoiseIsSaliency(Rng rng) {
    Question q = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(2, rng));
    assertNear(new Saliency().attributions(q), new SmoothGrad(5, 0).attributions(q), 1e-6);
  }

  /** E ∂(½xᵀx)/∂(x + n) = x, with a deviation of σ / √samples for each element. */
  @Test
  void smoothGradIsTheMeanOverNoise(Rng rng) {
    record Square() implements Layer.Custom {
      @Override
      public Var apply(Pass pass, Var x) {
        Var y = x.square().sumEach().mul(0.5f).reshape(x.shape().dim(0), 1);
        return Var.concat(1, y, y.neg());
      }
    }
    Model model = Model.of(new Square(), Params.NONE, Nets.COLOUR);
    Question q = Question.of(model, Nets.pictures(2, rng)).classes(0, 1).seeds(Seeds.of(5, 2));
    Tensor noise = new SmoothGrad(64, 0.5).attributions(q).sub(new Saliency().attributions(q));
    double deviation = Math.sqrt(noise.dot(noise) / noise.size());
    assertEquals(0.5 / 8, deviation, 0.01);
  }

  @Test
  void whatIsDrawnForAnInputDependsOnTheInputAndNotOnItsBatch(Rng rng) {
    Question both = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(2, rng));
    SmoothGrad smooth = new SmoothGrad(4, 0.2);
    Question second =
        new Question(
            both.model(),
            both.x().rows(1),
            new int[] {both.classes()[1]},
            both.seeds().rows(1),
            both.progress());
    assertNear(smooth.attributions(both).rows(1), smooth.attributions(second), 1e-5);
  }

  /** h = relu(V x), y = W h: x̄ = Vᵀ ([h > 0] · max(0, w)), where the gradient has w itself. */
  @Test
  void guidedBackpropagationLetsOnlyPositiveSlopesThroughARelu(Rng rng) {
    Layer net =
        Layer.sequential(Layer.flatten(), Layer.dense(144, 9), Layer.relu(), Layer.dense(9, 2));
    Model model = Model.init(net, Nets.COLOUR, rng);
    Question q = Question.of(model, Nets.pictures(1, rng)).classes(1);
    Map<String, Tensor> p = model.params().weights();
    Tensor hidden = q.x().reshape(1, 144).matmul(p.get("1.weight").permute(1, 0));
    Tensor gate = hidden.clamp(0, Float.MAX_VALUE).sign().reshape(9);
    Tensor w = p.get("3.weight").rows(1).reshape(9);
    Tensor v = p.get("1.weight");
    assertNear(
        gate.mul(w.relu()).reshape(1, 9).matmul(v).reshape(q.x().shape()),
        new GuidedBackpropagation().attributions(q),
        1e-5);
    assertNear(
        gate.mul(w).reshape(1, 9).matmul(v).reshape(q.x().shape()),
        new Saliency().attributions(q),
        1e-5);
  }

  @Test
  void withoutReluGuidedBackpropagationIsTheGradient(Rng rng) {
    Question q = Question.of(Nets.conv(Activation.TANH, rng), Nets.pictures(2, rng));
    assertEquals(new Saliency().attributions(q), new GuidedBackpropagation().attributions(q));
  }

  /** A₁ = relu(x), A₂ = relu(−x), y_c = Σ_k ⟨w_ck, A_k⟩: α_k is the mean of w_ck. */
  @Test
  void gradCamOfANetThatIsWrittenDown(Rng rng) {
    Shape example = Shape.of(1, 5, 4);
    Layer net =
        Layer.sequential(
            Layer.conv(1, 2, 1).withoutBias(), Layer.relu(), Layer.flatten(), Layer.dense(40, 3));
    Tensor w = Tensor.gaussian(Shape.of(3, 40), rng.at("w"));
    Params params =
        Params.weight("0.weight", Tensor.of(Shape.of(2, 1, 1, 1), 1, -1))
            .and(Params.weight("3.weight", w))
            .and(Params.weight("3.bias", Tensor.zeros(Shape.of(3))));
    Tensor x = Tensor.gaussian(Shape.of(2, 1, 5, 4), rng.at("x"));
    Question q = Question.of(Model.of(net, params, example), x).classes(2, 0);
    Heatmap map = GradCam.at("1").heatmap(q);
    assertEquals(map, GradCam.last().heatmap(q));
    for (int i = 0; i < 2; i++) {
      for (int p = 0; p < 20; p++) {
        double positive = 0;
        double negative = 0;
        for (int place = 0; place < 20; place++) {
          positive += w.get(q.classes()[i] * 40 + place) / 20.0;
          negative += w.get(q.classes()[i] * 40 + 20 + place) / 20.0;
        }
        float v = x.get(i * 20 + p);
        double expected = Math.max(0, positive * Math.max(0, v) + negative * Math.max(0, -v));
        assertEquals(expected, map.map(i).get(p), 1e-5);
      }
    }
  }

  /** y_c = Σ_k w_ck · mean(A_k) + b: the class activation map is Σ_k w_ck A_k. */
  @Test
  void afterGlobalPoolingGradCamIsTheClassActivationMap(Rng rng) {
    Model model = Nets.gap(rng);
    Question q = Question.of(model, Nets.pictures(2, rng)).classes(0, 2);
    Tensor a = FeatureMaps.at("1").maps(q);
    Tensor w = model.params().weights().get("3.weight");
    Heatmap cam = GradCam.at("1").heatmap(q);
    Heatmap plus = GradCamPlusPlus.at("1").heatmap(q);
    for (int i = 0; i < 2; i++) {
      Tensor maps = a.rows(i).reshape(7, 48);
      Tensor row = w.rows(q.classes()[i]).reshape(1, 7);
      assertNear(row.matmul(maps).relu().mul(1 / 48f).reshape(8, 6), cam.map(i), 1e-5);
      // α = 1 / (2 + w_k · mean(A_k)), which all places of a map share
      Tensor mean = maps.sumTo(Shape.of(7, 1)).mul(1 / 48f).reshape(1, 7);
      Tensor weight = row.relu().div(row.mul(mean).add(2));
      assertNear(weight.matmul(maps).relu().reshape(8, 6), plus.map(i), 1e-5);
    }
  }

  @Test
  void guidedGradCamIsAProduct(Rng rng) {
    Question q = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(2, rng));
    Heatmap coarse = GradCam.at("4").heatmap(q).resized(Shape.of(8, 6));
    Heatmap fine = new GuidedBackpropagation().heatmap(q);
    assertEquals(
        coarse.values().mul(fine.values()),
        Product.guidedGradCam(GradCam.at("4")).heatmap(q).values());
  }

  @Test
  void namedPartsOfSomebodyElsesLayerAreLayers(Rng rng) {
    Model gap = Nets.gap(rng);
    Model imported = Nets.imported(gap);
    Tensor x = Nets.pictures(2, rng);
    assertEquals(List.of("maps", "mean"), List.copyOf(Layers.of(imported).shapes().keySet()));
    assertEquals("maps", Layers.of(imported).last());
    assertEquals(
        GradCam.at("1").heatmap(Question.of(gap, x)),
        GradCam.last().heatmap(Question.of(imported, x)));
  }

  @Test
  void aModelThatSeesOneExampleAfterTheOtherIsExplainedAsWell(Rng rng) {
    Model imported = Nets.imported(Nets.gap(rng));
    Tensor x = Nets.pictures(3, rng);
    assertNear(
        GradCam.last().heatmap(Question.of(imported, x)).values(),
        GradCam.last().heatmap(Question.of(Nets.oneByOne(imported), x)).values(),
        1e-5);
  }

  @Test
  void theLayersThatCanBeExplainedAreNamed(Rng rng) {
    Question q = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(1, rng));
    assertEquals("4", Layers.of(q.model()).last());
    ExplanationException none =
        assertThrows(ExplanationException.class, () -> GradCam.at("conv9").heatmap(q));
    assertEquals(
        "no layer conv9, and maps are needed; take one of 0, 1, 2, 3, 4", none.getMessage());
    ExplanationException flat =
        assertThrows(ExplanationException.class, () -> GradCam.at("6").heatmap(q));
    assertTrue(flat.getMessage().startsWith("layer 6 puts out [1, 5]"), flat.getMessage());
    Question linear = Question.of(Nets.linear(rng), Nets.pictures(1, rng));
    assertThrows(ExplanationException.class, () -> GradCam.last().heatmap(linear));
    assertThrows(ExplanationException.class, () -> linear.classes(4));
  }

  /** The places of what is no image are in a row. */
  @Test
  void featuresAreExplainedToo(Rng rng) {
    Model model = Model.init(Layer.dense(6, 2), Shape.of(6), rng);
    Question q = Question.of(model, Tensor.gaussian(Shape.of(3, 6), rng)).classes(1, 1, 1);
    Tensor w = model.params().weights().get("weight").rows(1);
    assertNear(w.abs(), new Saliency().heatmap(q).map(0), 1e-6);
    assertEquals(Shape.of(3, 1, 6), new IntegratedGradients(3, 0).heatmap(q).values().shape());
  }
}
