package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Model;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
          "MaxUnpool",
          "NegativeLogLikelihoodLoss",
          "SoftmaxCrossEntropyLoss");

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
    assertEquals(
        "identity of an optional sequence",
        cases.remove("test_identity_opt") != null ? "identity of an optional sequence" : "");
    Set<String> unknown = new TreeSet<>();
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
      if (!wrong.isEmpty()) {
        failed.add(name + ": " + wrong);
      } else if (left.isEmpty()) {
        passed++;
      }
    }
    System.out.println(passed + " cases of operators pass");
    failed.removeIf(f -> RANDOM.contains(f.substring(0, f.indexOf(':'))));
    assertEquals(List.of(), failed);
    assertEquals(new TreeSet<>(NOT_IN_THE_LIST), unknown);
    assertEquals(473, passed);
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
    float worst = 0;
    for (int i = 0; i < found.size(); i++) {
      float e = expected.var().value().get(i);
      worst = Math.max(worst, Math.abs(found.get(i) - e) / (Math.abs(e) + 1e-4f));
    }
    System.out.println(
        name
            + " "
            + found.shape()
            + " "
            + worst
            + " "
            + Arrays.toString(Arrays.copyOf(found.toArray(), 3)));
    assertTrue(worst <= RELATIVE, worst + "");
    assertEquals(new HashSet<>(), new HashSet<>());
  }
}
