package dev.bagel.nn.onnx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.MaxPool;
import dev.bagel.autodiff.OpCase;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxWriterTest {
  static List<Models.Net> nets() {
    List<Models.Net> all = Models.small();
    Zoo.all().stream().filter(Models::isSmall).forEach(e -> all.add(Models.of(e)));
    return all;
  }

  private static ModelProto written(Model model) {
    try {
      return ModelProto.parseFrom(OnnxWriter.bytes(ModelFile.of(model)));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Model own(Layer.Custom layer) {
    return Model.of(layer, Params.NONE, Shape.of(3));
  }

  private static Model net(Layer... layers) {
    return Model.init(new Sequential(List.of(layers)), Shape.of(2, 6, 6), Rng.of(1));
  }

  private static List<String> operators(Model model) {
    return written(model).getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
  }

  private static String refusal(Model model) {
    return assertThrows(IllegalArgumentException.class, () -> OnnxWriter.bytes(ModelFile.of(model)))
        .getMessage();
  }

  // ---- the family
  // ---------------------------------------------------------------------------------

  @Test
  void everyOperationHasARuleOrAReason() {
    Set<String> none = new TreeSet<>();
    for (Object member : OpCase.family()) {
      if (Operators.rule(member) instanceof Rule.None n) {
        none.add(((Class<?>) member).getSimpleName());
        assertFalse(n.because().isBlank());
      }
    }
    assertEquals(
        Set.of(
            "Custom", "L1Threshold", "Largest", "MeanPut", "Noise", "Put", "Scatter", "ToFilter"),
        none);
  }

  // ---- the file
  // -----------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("nets")
  void everyNameIsDefinedOnceBeforeItIsUsed(Models.Net net) {
    GraphProto graph = written(net.model()).getGraph();
    Set<String> known = new HashSet<>();
    graph.getInitializerList().forEach(t -> assertTrue(known.add(t.getName()), t.getName()));
    graph.getInputList().forEach(x -> assertTrue(known.add(x.getName()), x.getName()));
    Set<String> nodes = new HashSet<>();
    for (NodeProto n : graph.getNodeList()) {
      assertTrue(nodes.add(n.getName()), n.getName());
      assertTrue(known.containsAll(n.getInputList()), n.toString());
      n.getOutputList().forEach(y -> assertTrue(known.add(y), y));
    }
    graph.getOutputList().forEach(y -> assertTrue(known.contains(y.getName())));
  }

  @ParameterizedTest
  @MethodSource("nets")
  void everythingInTheFileIsUsed(Models.Net net) {
    GraphProto graph = written(net.model()).getGraph();
    Set<String> used = new HashSet<>();
    graph.getNodeList().forEach(n -> used.addAll(n.getInputList()));
    graph.getOutputList().forEach(y -> used.add(y.getName()));
    for (NodeProto n : graph.getNodeList()) {
      assertTrue(used.contains(n.getOutput(0)), n.getName());
    }
    for (TensorProto t : graph.getInitializerList()) {
      assertTrue(used.contains(t.getName()), t.getName());
    }
  }

  @Test
  void equalModelsMakeEqualBytes() {
    for (Models.Net net : Models.small()) {
      ModelFile file = ModelFile.of(net.model()).with("a", "b").with("c", "d");
      ModelFile same = ModelFile.of(net.model()).with("c", "d").with("a", "b");
      assertArrayEquals(OnnxWriter.bytes(file), OnnxWriter.bytes(same), net.name());
    }
  }

  @Test
  void theFirstAxisIsTheNumberOfInputs() {
    GraphProto graph = written(net(Layer.flatten(), Layer.dense(72, 4))).getGraph();
    TensorShapeProto x = graph.getInput(0).getType().getTensorType().getShape();
    TensorShapeProto y = graph.getOutput(0).getType().getTensorType().getShape();
    assertEquals("input", graph.getInput(0).getName());
    assertEquals("logits", graph.getOutput(0).getName());
    assertEquals("N", x.getDim(0).getDimParam());
    assertEquals(
        List.of(2L, 6L, 6L),
        List.of(1, 2, 3).stream().map(i -> x.getDim(i).getDimValue()).toList());
    assertEquals("N", y.getDim(0).getDimParam());
    assertEquals(4, y.getDim(1).getDimValue());
  }

  @Test
  void parametersKeepTheirNamesShapesAndBits() {
    Model model = Models.drawn(Zoo.resnet20(), Shape.of(3, 32, 32), Rng.of(2));
    Map<String, TensorProto> stored =
        written(model).getGraph().getInitializerList().stream()
            .collect(Collectors.toMap(TensorProto::getName, t -> t));
    model
        .params()
        .all()
        .forEach(
            (name, t) -> {
              TensorProto s = stored.get(name);
              assertEquals(
                  t.shape(), Shape.of(s.getDimsList().stream().mapToInt(Long::intValue).toArray()));
              assertEquals(Protos.floats(name, t).getRawData(), s.getRawData());
            });
  }

  @Test
  void boundsAndWordsAreMetadata(@TempDir Path dir) throws IOException {
    Model model = net(Layer.flatten()).with(new Bounds(-1, 1));
    Path file = dir.resolve("net.onnx");
    Onnx.write(ModelFile.of(model).withClassNames(List.of("cat", "dog")), file);
    Map<String, String> metadata = new TreeMap<>();
    for (StringStringEntryProto e :
        ModelProto.parseFrom(Files.readAllBytes(file)).getMetadataPropsList()) {
      metadata.put(e.getKey(), e.getValue());
    }
    assertEquals(Map.of("bagel.bounds", "[-1.0, 1.0]", "classes", "cat\ndog"), metadata);
  }

  // ---- operators as others write them
  // -------------------------------------------------------------

  @Test
  void theTutorialsNetIsNineNodes() {
    assertEquals(
        List.of("Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "Gemm"),
        operators(Model.init(Zoo.tutorialCnn(), Shape.of(1, 28, 28), Rng.of(1))));
  }

  @Test
  void residualNetsHaveBatchNormalisationUnlessItIsFolded() {
    Model model = Models.drawn(Zoo.resnet18(), Shape.of(3, 32, 32), Rng.of(1));
    Set<String> rest = Set.of("Conv", "Relu", "Add", "GlobalAveragePool", "Flatten", "Gemm");
    assertEquals(rest, Set.copyOf(operators(model.folded())));
    Set<String> all = new HashSet<>(rest);
    all.add("BatchNormalization");
    assertEquals(all, Set.copyOf(operators(model)));
  }

  @Test
  void compositionsAreWhatOnnxCallsThem() {
    Map<String, Layer.Custom> named =
        Map.of(
            "Softmax", (pass, x) -> Fn.softmax(x),
            "LeakyRelu", (pass, x) -> Fn.leakyRelu(x, 0.1f),
            "Elu", (pass, x) -> Fn.elu(x, 2),
            "Clip", (pass, x) -> x.clamp(-1, 1),
            "ReduceMean", (pass, x) -> x.meanAxes(1));
    named.forEach((operator, f) -> assertEquals(List.of(operator), operators(own(f)), operator));
    assertEquals(List.of("LayerNormalization"), operators(net(new LayerNorm(6, 1e-5f))));
  }

  @Test
  void aChoiceNeedsNoNumbersForItsMask() {
    assertEquals(
        List.of("Neg", "Greater", "Where"),
        operators(own((pass, x) -> x.step().where(x.neg(), x))));
  }

  @Test
  void nodesAreCalledAfterTheirLayers() {
    List<String> names =
        written(net(Layer.conv(2, 3, 3), Layer.relu(), Layer.flatten()))
            .getGraph()
            .getNodeList()
            .stream()
            .map(NodeProto::getName)
            .toList();
    assertEquals(List.of("0/Conv", "1/Relu", "2/Flatten"), names);
  }

  // ---- refusals
  // -----------------------------------------------------------------------------------

  @Test
  void whatOnnxLacksIsNamedAllAtOnce() {
    Custom cube = Custom.straightThrough("cube", t -> t.mul(t).mul(t));
    Layer.Custom first = (pass, x) -> cube.of(x);
    Layer.Custom second =
        (pass, x) -> Fn.largest(x, Var.constant(Tensor.full(Shape.of(x.shape().dim(0), 1), 2)));
    Model model = Model.of(Layer.sequential(first, second), Params.NONE, Shape.of(3));
    assertEquals(
        "no ONNX for 0: cube (it is Java code, which no file holds), 1: largest (it is part of an"
            + " attack, and not of a model)",
        refusal(model));
  }

  @Test
  void whatDependsOnTheNumberOfInputsIsRefused() {
    String message = refusal(own((pass, x) -> x.mul(1f / x.shape().dim(0))));
    assertTrue(message.contains("depends on how many there are"), message);
  }

  @Test
  void anotherGraphForMoreInputsIsRefused() {
    String longer = refusal(own((pass, x) -> x.shape().dim(0) > 2 ? x.relu().neg() : x.relu()));
    assertTrue(longer.contains("operations for 2 inputs and"), longer);
    String other = refusal(own((pass, x) -> x.shape().dim(0) > 2 ? x.neg() : x.relu()));
    assertTrue(other.contains("depends on how many there are"), other);
  }

  @Test
  void anAxisThatGrowsInAnotherWayIsRefused() {
    Layer.Custom oneMore =
        (pass, x) -> Var.concat(0, x, Var.constant(Tensor.zeros(Shape.of(1, 3))));
    String message = refusal(own(oneMore));
    assertTrue(message.contains("[3, 3] for 2 inputs and of [4, 3] for 3"), message);
  }

  @Test
  void aConstantWithRowsOfItsOwnIsRefused() {
    Layer.Custom numbered =
        (pass, x) -> {
          int n = x.shape().dim(0);
          return x.add(Var.constant(Tensor.gaussian(Shape.of(n, 1), Rng.of(1))));
        };
    String message = refusal(own(numbered));
    assertTrue(message.contains("differs from input to input"), message);
  }

  @Test
  void aPoolThatChoosesByAnotherTensorIsRefused() {
    Layer.Custom other =
        (pass, x) -> {
          Window g = Window.of(x.shape(), 2, 2, 2, 2, new int[4], false, false);
          return Var.of(new MaxPool.Take(g), x.neg(), x);
        };
    String message = refusal(Model.of(other, Params.NONE, Shape.of(1, 4, 4)));
    assertTrue(message.contains("part of a gradient"), message);
  }
}
