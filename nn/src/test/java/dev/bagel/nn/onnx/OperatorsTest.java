package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bagel.nn.Model;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tests of ONNX's authors, in their tolerance, computed at once and by plans. */
class OperatorsTest {
  private static final double RELATIVE = 1e-3;
  private static final double ABSOLUTE = 1e-7;

  /** What networks are trained with, quantised networks, and what is no tensor. */
  private static final Set<String> NOT_IN_THE_LIST =
      Set.of(
          "ai.onnx.preview.training.Adagrad",
          "ai.onnx.preview.training.Adam",
          "ai.onnx.preview.training.Momentum",
          "ConvInteger",
          "MatMulInteger",
          "NegativeLogLikelihoodLoss",
          "SoftmaxCrossEntropyLoss");

  /** Operators without cases here: {@link ValuesTest} and {@link ResamplingTest} have them. */
  private static final List<String> BY_HAND =
      List.of(
          ("Acos Acosh And Asin Asinh Atan Atanh Cast CastLike CumSum DepthToSpace Einsum "
                  + "EyeLike GlobalLpPool Hardmax IsInf IsNaN LpNormalization LpPool "
                  + "MeanVarianceNormalization Mod NonZero OneHot Or RMSNormalization Range "
                  + "ReduceLogSum ReduceLogSumExp ReduceProd Resize Round Shrink SpaceToDepth Tan "
                  + "TopK Trilu Upsample Xor")
              .split(" "));

  /** Expected are the random numbers of another generator. */
  private static final Set<String> RANDOM =
      Set.of(
          "test_training_dropout",
          "test_training_dropout_default",
          "test_training_dropout_default_mask",
          "test_training_dropout_mask");

  @Test
  void everyOperatorPassesItsCases() throws IOException {
    Map<String, SortedMap<String, byte[]>> cases = Case.byName(Archive.files("node"));
    assertEquals(536, cases.size());
    cases.remove("test_identity_opt"); // of a sequence that may not be there
    Set<String> unknown = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    List<String> failed = new ArrayList<>();
    int passed = 0;
    for (String name : cases.keySet()) {
      Case test = Case.of(name, cases.get(name));
      Set<String> left =
          test.graph().nodes().stream()
              .filter(n -> !Operators.knows(n))
              .map(Node::operator)
              .collect(Collectors.toSet());
      String wrong = left.isEmpty() ? wrong(test) : "";
      unknown.addAll(left);
      test.graph().nodes().stream()
          .map(Node::operator)
          .filter(Operators.names()::contains)
          .forEach(known::add);
      if (!wrong.isEmpty()) {
        failed.add(name + ": " + wrong);
      } else if (left.isEmpty()) {
        passed++;
      }
    }
    failed.removeIf(f -> RANDOM.contains(f.substring(0, f.indexOf(':'))));
    assertEquals(List.of(), failed);
    assertEquals(new TreeSet<>(NOT_IN_THE_LIST), unknown);
    assertEquals(475, passed);
    Set<String> all = new TreeSet<>(BY_HAND);
    all.addAll(known);
    assertEquals(new TreeSet<>(Operators.names()), all);
  }

  /**
   * Jumps, which finite differences see and gradients do not, and what only lies about its input.
   */
  private static final Set<String> NOT_SMOOTH =
      Set.of("Ceil", "Floor", "Sign", "ArgMax", "ArgMin", "Shape", "Size", "ThresholdedRelu");

  /** Inputs at a kink (0, or equal elements under one window) and powers that overflow. */
  private static final Set<String> AT_A_KINK =
      Set.of(
          "test_elu_example",
          "test_leakyrelu_example",
          "test_selu_example",
          "test_maxpool_3d_dilations",
          "test_maxpool_3d_dilations_use_ref_impl",
          "test_pow");

  @Test
  void everyOperatorHasTheGradientsOfFiniteDifferences() throws IOException {
    Map<String, SortedMap<String, byte[]>> cases = Case.byName(Archive.files("node"));
    cases.remove("test_identity_opt");
    List<String> wrong = new ArrayList<>();
    Set<String> checked = new TreeSet<>();
    for (String name : cases.keySet()) {
      Case test = Case.of(name, cases.get(name));
      String operator = test.graph().nodes().get(0).operator();
      if (test.graph().nodes().stream().allMatch(Operators::knows)
          && test.isDifferentiable()
          && !NOT_SMOOTH.contains(operator)
          && !RANDOM.contains(name)
          && !AT_A_KINK.contains(name)) {
        double error = test.gradientError(Rng.of(1));
        checked.add(operator);
        if (!(error < 5e-2)) { // windows may cross a kink, and softmax of 10⁴ loses digits
          wrong.add(name + " " + error);
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals(76, checked.size());
  }

  @Test
  void everyModelOfAnOperatorPasses() throws IOException {
    Map<String, SortedMap<String, byte[]>> cases = Case.byName(Archive.files("pytorch-operator"));
    List<String> failed = new ArrayList<>();
    for (String name : cases.keySet()) {
      String wrong = wrong(Case.of(name, cases.get(name)));
      if (!wrong.isEmpty()) {
        failed.add(name + ": " + wrong);
      }
    }
    assertEquals(35, cases.size());
    assertEquals(List.of(), failed);
  }

  private static String wrong(Case test) {
    try {
      String eager = test.difference(test.eager(), RELATIVE, ABSOLUTE);
      return eager.isEmpty() ? test.difference(test.planned(), RELATIVE, ABSOLUTE) : eager;
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  /** Networks whose weights are constants; their inputs are 0, 1/n, 2/n, …. */
  @ParameterizedTest
  @CsvSource({
    "bvlc_alexnet",
    "densenet121",
    "inception_v1",
    "inception_v2",
    "resnet50",
    "shufflenet",
    "squeezenet",
    "vgg19",
    "zfnet512"
  })
  void everyLightNetworkPasses(String name) throws IOException {
    SortedMap<String, byte[]> files = Archive.files("light");
    byte[] file = files.get("light_" + name + ".onnx");
    Value expected = Case.tensor(files.get("light_" + name + "_output_0.pb"));
    Graph graph = Case.graph(name, file);
    Shape image = Shape.of(1, 3, 224, 224);
    float[] ramp = new float[image.size()];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (float) ((double) i / ramp.length);
    }
    Reading whole = Reading.PLAIN.output(graph.outputs().get(0));
    Model model = Onnx.read(file, name, whole);
    Tensor found = model.scores(Tensor.wrap(image, ramp));
    Case test = new Case(name, graph, Map.of(), List.of(expected));
    Value scores = Value.real(Element.FLOAT, found.reshape(expected.shape()));
    assertEquals("", test.difference(List.of(scores), RELATIVE, ABSOLUTE));
  }
}
