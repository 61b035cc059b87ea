package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.RealData;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Explanations of models from ONNX files, against formulas and against the models themselves. */
@ExtendWith(Seeded.class)
class ImportedExplanationTest {
  private static Model imported(Model model) throws IOException {
    return Onnx.read(Onnx.toBytes(ModelFile.of(model)), "net.onnx", Reading.PLAIN);
  }

  private static void assertNear(Tensor expected, Tensor found) {
    assertEquals(expected.shape(), found.shape());
    float scale = Math.max(1e-6f, expected.abs().maxTo(Shape.of()).item());
    assertArrayEquals(expected.array(), found.array(), 1e-5f * scale);
  }

  /** The layers of a file have other names; those that see the same are explained the same. */
  @Test
  void everyLayerOfAFileIsExplainedAsTheLayerThatItWas(Rng rng) throws IOException {
    Model model = Nets.conv(Activation.RELU, rng);
    Question here = Question.of(model, Nets.pictures(3, rng)).classes(4, 0, 2);
    Question there = here.of(imported(model));
    for (String layer : Layers.of(model).withMaps()) {
      Tensor maps = FeatureMaps.at(layer).maps(here);
      List<String> twins =
          Layers.of(there.model()).withMaps().stream()
              .filter(name -> isNear(maps, FeatureMaps.at(name).maps(there)))
              .toList();
      assertTrue(!twins.isEmpty(), "layer " + layer);
      for (String twin : twins) {
        assertNear(
            GradCam.at(layer).heatmap(here).values(), GradCam.at(twin).heatmap(there).values());
        assertNear(
            GradCamPlusPlus.at(layer).heatmap(here).values(),
            GradCamPlusPlus.at(twin).heatmap(there).values());
      }
    }
  }

  private static boolean isNear(Tensor a, Tensor b) {
    return a.shape().equals(b.shape()) && a.sub(b).abs().maxTo(Shape.of()).item() < 1e-5f;
  }

  @Test
  void gradientsOfAFileAreThoseOfTheModelThatItWas(Rng rng) throws IOException {
    Model model = Nets.conv(Activation.RELU, rng);
    Question here = Question.of(model, Nets.pictures(2, rng)).classes(1, 3);
    Question there = here.of(imported(model));
    for (PixelGradient e :
        List.of(
            new Saliency(),
            new SmoothGrad(3, 0.1),
            new IntegratedGradients(5, 0.5),
            new GuidedBackpropagation())) {
      assertNear(e.attributions(here), e.attributions(there));
    }
  }

  /**
   * A = relu of two channels of x, y_c = ⟨w_c, A⟩, so that ∂y_c/∂A = w_c differs from place to
   * place. α = g² / (2g² + Σ A · g³), written out in double: Chattopadhay et al. 2018, Eq. (19).
   */
  @Test
  void gradCamPlusPlusIsItsFormulaWhereSlopesDiffer(Rng rng) throws IOException {
    int area = 20;
    Layer net =
        Layer.sequential(
            Layer.conv(3, 2, 1).withoutBias(),
            Layer.relu(),
            Layer.flatten(),
            Layer.dense(2 * area, 3));
    Tensor w = Tensor.gaussian(Shape.of(3, 2 * area), rng.at("w"));
    Params params =
        Params.weight("0.weight", Tensor.of(Shape.of(2, 3, 1, 1), 1, 0, 0, 0, 1, 0))
            .and(Params.weight("3.weight", w))
            .and(Params.weight("3.bias", Tensor.zeros(Shape.of(3))));
    Model model = Model.of(net, params, Shape.of(3, 5, 4));
    Tensor x = Tensor.gaussian(Shape.of(1, 3, 5, 4), rng.at("x"));
    double[] expected = new double[area];
    for (int k = 0; k < 2; k++) {
      double sum = 0;
      for (int p = 0; p < area; p++) {
        sum += Math.max(0, x.get(k * area + p));
      }
      double weight = 0;
      for (int p = 0; p < area; p++) {
        double g = w.get(2 * 2 * area + k * area + p); // of class 2
        double alpha = g * g / (2 * g * g + sum * g * g * g);
        weight += alpha * Math.max(0, g); // Eq. (5)
      }
      for (int p = 0; p < area; p++) {
        expected[p] += weight * Math.max(0, x.get(k * area + p));
      }
    }
    for (Model m : List.of(model, imported(model))) {
      Heatmap map = GradCamPlusPlus.last().heatmap(Question.of(m, x).classes(2));
      for (int p = 0; p < area; p++) {
        assertEquals(Math.max(0, expected[p]), map.map(0).get(p), 2e-4 * (1 + expected[p]));
      }
    }
  }

  /**
   * SqueezeNet ends in a map for each class and their means, y_c = Σ A_c / (h·w): so Grad-CAM of
   * its last layer is A_c / (h·w) itself.
   */
  @Test
  void gradCamOfSqueezeNetIsTheMapOfItsClass() throws IOException {
    Model model = Onnx.read(RealData.data("models/squeezenet_v1.0_imagenet.onnx"));
    Tensor x =
        ImageFiles.at(RealData.data("imagenet").resolve("n02395406_hog.JPEG"))
            .read(model.example(), new Resize(256, 256, true))
            .all()
            .x();
    for (int c : new int[] {341, 189, 0}) {
      Question q = Question.of(model, x).classes(c);
      Tensor all = FeatureMaps.last().maps(q);
      int area = all.shape().dim(2) * all.shape().dim(3);
      Tensor own = all.reshape(all.shape().dim(1), area).rows(c).reshape(area);
      Tensor cam = GradCam.last().heatmap(q).map(0).reshape(area);
      assertNear(own.mul(1f / area), cam);
      assertEquals(q.scores()[0], own.sumTo(Shape.of()).item() / area, 1e-4);
    }
  }
}
