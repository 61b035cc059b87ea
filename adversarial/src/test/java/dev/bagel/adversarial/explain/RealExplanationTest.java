package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.RealData;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Published networks: an imported one for photographs, and one for digits. */
class RealExplanationTest {
  private static final List<String> PHOTOS =
      List.of(
          "n02395406_hog.JPEG",
          "n02095570_Lakeland_terrier.JPEG",
          "n03452741_grand_piano.JPEG",
          "n07693725_bagel.JPEG");
  private static final int[] CLASSES = {341, 189, 579, 960}; // the bagel is chocolate syrup
  private static final double[] CONFIDENCES = {0.88, 0.90, 0.999, 0.10};

  private static Model squeezenet() throws IOException {
    return Onnx.read(RealData.data("models/squeezenet_v1.0_imagenet.onnx"));
  }

  private static Tensor photo(Model model, String name) throws IOException {
    return ImageFiles.at(RealData.data("imagenet").resolve(name))
        .read(model.example(), new Resize(256, 256, true))
        .all()
        .x();
  }

  @Test
  void photographsAreReadAsTheNetWasTrainedOnThem() throws IOException {
    Model model = squeezenet();
    for (int i = 0; i < PHOTOS.size(); i++) {
      Tensor x = photo(model, PHOTOS.get(i));
      Scores scores = new Scores(model.scores(x), new int[] {CLASSES[i]});
      assertEquals(1, scores.correct(), PHOTOS.get(i));
      assertEquals(CONFIDENCES[i], scores.confidences()[0], 0.005, PHOTOS.get(i));
    }
  }

  /** Where the pictures have their subject, as shares of height and width. */
  @Test
  void gradCamOfAnImportedNetSitsOnWhatItSees() throws IOException {
    Model model = squeezenet();
    assertEquals("/Relu_25_output_0", Layers.of(model).last());
    assertHottest(model, "n02395406_hog.JPEG", 0.05, 0.3, 0.45, 0.75); // the snout in front
    assertHottest(model, "n02095570_Lakeland_terrier.JPEG", 0, 0.3, 0.05, 0.35); // the head
    assertHottest(model, "n03792782_mountain_bike.JPEG", 0.45, 0.8, 0.1, 0.4);
    assertHottest(model, "n01440764_tench.JPEG", 0.3, 0.75, 0.2, 0.95);
  }

  private static void assertHottest(
      Model model, String name, double top, double bottom, double left, double right)
      throws IOException {
    Question q = Question.of(model, photo(model, name));
    for (Explanation e : List.of(GradCam.last(), GradCam.at("/Concat_7_output_0"))) {
      Tensor map = e.heatmap(q).map(0);
      int hottest = map.reshape(1, map.size()).argmax()[0];
      int row = hottest / map.shape().dim(1);
      double y = (row + 0.5) / map.shape().dim(0);
      double x = (hottest % map.shape().dim(1) + 0.5) / map.shape().dim(1);
      assertTrue(
          y > top && y < bottom && x > left && x < right, e + " of " + name + ": " + y + ", " + x);
    }
  }

  @Test
  void integratedGradientsOfPublishedNetsComeNearCompleteness() throws IOException {
    assertComplete(Question.of(RealData.fastFgsm(), RealData.mnist(4).x()), 2000, 1e-3);
    Model squeezenet = squeezenet();
    assertComplete(Question.of(squeezenet, photo(squeezenet, PHOTOS.get(2))), 32, 0.01);
  }

  /** Beside all that the attributions add and take away, which do not cancel as the scores may. */
  private static void assertComplete(Question q, int steps, double share) {
    IntegratedGradients ig = new IntegratedGradients(steps, 0);
    Heatmap map = ig.heatmap(q);
    double[] missing = ig.residuals(q, map);
    for (int i = 0; i < missing.length; i++) {
      assertEquals(0, missing[i], share * new Heatmap(map.values().abs(), false).sum(i));
    }
  }

  @Test
  void guidedBackpropagationHardlyDependsOnTheWeightsOfDigits() throws IOException {
    Question q = Question.of(RealData.fastFgsm(), RealData.mnist(32).x());
    Rng rng = Rng.of(1);
    assertFalse(ParameterRandomisation.of(new GuidedBackpropagation()).run(q, rng).passes());
    assertTrue(ParameterRandomisation.of(new Saliency()).run(q, rng).passes());
    assertTrue(ParameterRandomisation.of(GradCam.last()).run(q, rng).passes());
  }
}
