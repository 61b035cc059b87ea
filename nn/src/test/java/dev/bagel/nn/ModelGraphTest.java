package dev.bagel.nn;

import static dev.bagel.nn.layer.Layer.batchNorm;
import static dev.bagel.nn.layer.Layer.conv;
import static dev.bagel.nn.layer.Layer.dense;
import static dev.bagel.nn.layer.Layer.flatten;
import static dev.bagel.nn.layer.Layer.relu;
import static dev.bagel.nn.layer.Layer.sequential;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.ConvOptions;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.onnx.Reading;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows, names and costs of graphs, against closed forms. */
class ModelGraphTest {
  private static final Rng RNG = Rng.of(1);

  private static Model zoo(String name) {
    Zoo.Entry entry = Zoo.named(name).orElseThrow();
    return Model.init(entry.net(), entry.example(), RNG);
  }

  private static List<String> names(ModelGraph graph) {
    return graph.rows().stream().map(ModelGraph.Row::name).toList();
  }

  @Test
  void aConvolutionCostsChannelsTimesFilterTimesResults() {
    Model model = Model.init(sequential(conv(3, 8, 5, 2, 2)), Shape.of(3, 20, 16), RNG);
    ModelGraph.Row row = ModelGraph.of(model).rows().get(1);
    assertEquals("0", row.name());
    assertEquals(List.of("conv", "add"), row.operators());
    assertEquals(Shape.of(1, 8, 10, 8), row.shape());
    assertEquals(List.of(0), row.inputs());
    assertEquals(List.of("0.weight", "0.bias"), row.reads());
    assertEquals(8 * 3 * 5 * 5 + 8, row.parameters());
    assertEquals(3L * 5 * 5 * 8 * 10 * 8, row.multiplyAdds());
  }

  @Test
  void groupsDivideTheCostOfAConvolution() {
    Layer.Custom net =
        new Layer.Custom() {
          @Override
          public List<Parameter> parameters() {
            return List.of();
          }

          @Override
          public Var apply(Pass pass, Var x) {
            Var w = Var.constant(Tensor.zeros(Shape.of(6, 1, 3, 3)));
            return x.conv(w, ConvOptions.of(1, 1).groups(6)).flatten();
          }
        };
    ModelGraph graph = ModelGraph.of(Model.of(net, Params.NONE, Shape.of(6, 7, 7)));
    assertEquals(6 * 9 * 49, graph.multiplyAdds());
    assertEquals(0, graph.parameters());
    assertEquals(List.of("input", "output"), names(graph));
  }

  @Test
  void theTutorialsNetHasItsClosedForms() {
    ModelGraph graph = ModelGraph.of(zoo("tutorial-cnn"));
    assertEquals(84_552, graph.parameters());
    long convolutions = 32L * 9 * 14 * 14 + 62L * 32 * 9 * 4 * 4;
    assertEquals(convolutions + 248L * 256 + 256L * 10, graph.multiplyAdds());
    assertEquals(List.of("input", "0", "1", "2", "3", "4", "5", "6", "7", "8"), names(graph));
    assertEquals(List.of("maxTake"), graph.rows().get(3).operators());
    assertEquals(Shape.of(1, 10), graph.rows().get(9).shape());
  }

  @Test
  void fastFgsmHasItsClosedForms() {
    ModelGraph graph = ModelGraph.of(zoo("fast-fgsm"));
    assertEquals(272 + 8_224 + 156_900 + 1_010, graph.parameters());
    assertEquals(
        16L * 16 * 14 * 14 + 32L * 16 * 16 * 7 * 7 + 1568L * 100 + 100L * 10, graph.multiplyAdds());
  }

  @Test
  void knownNetsCostWhatTheirPapersSay() {
    assertEquals(0.56e9, (double) ModelGraph.of(zoo("resnet18")).multiplyAdds(), 0.005e9);
    assertEquals(41e6, (double) ModelGraph.of(zoo("resnet20")).multiplyAdds(), 0.5e6);
  }

  @Test
  void everyWeightOfTheZooIsCountedOnce() {
    for (Zoo.Entry entry : Zoo.all()) {
      if (!entry.name().startsWith("wide")) { // 36 million numbers
        Model model = Model.init(entry.net(), entry.example(), RNG);
        assertEquals(model.params().count(), ModelGraph.of(model).parameters(), entry.name());
      }
    }
  }

  @Test
  void aShortcutIsAnEdge() {
    Layer body = sequential(conv(2, 2, 3, 1, 1).withoutBias(), batchNorm(2), relu());
    Layer net = sequential(relu(), Residual.around(body), flatten(), dense(32, 3));
    ModelGraph graph = ModelGraph.of(Model.init(net, Shape.of(2, 4, 4), RNG));
    assertEquals(
        List.of("input", "0", "1.body.0", "1.body.1", "1.body.2", "1", "2", "3"), names(graph));
    assertEquals(List.of(1, 4), graph.rows().get(5).inputs());
    assertEquals(List.of("add"), graph.rows().get(5).operators());
    assertEquals(2 * 2 * 9 + 4 + 32 * 3 + 3, graph.parameters()); // no running statistics
    assertTrue(graph.rows().get(3).reads().contains("1.body.1.running_mean"));
    assertEquals(2 * 2 * 9 * 16 + 32 * 3, graph.multiplyAdds());
  }

  @Test
  void aWeightThatTwoPartsReadIsCountedOnce() {
    Layer.Custom net =
        new Layer.Custom() {
          @Override
          public List<Parameter> parameters() {
            return dense(4, 4).parameters();
          }

          @Override
          public Var apply(Pass pass, Var x) {
            return dense(4, 4).apply(pass, pass.saw("first", dense(4, 4).apply(pass, x)));
          }
        };
    ModelGraph graph = ModelGraph.of(Model.init(net, Shape.of(4), RNG));
    assertEquals(List.of("input", "first", "output"), names(graph));
    assertEquals(20, graph.parameters());
    assertEquals(graph.rows().get(1).reads(), graph.rows().get(2).reads());
    assertEquals(2 * 16, graph.multiplyAdds());
  }

  @Test
  void anImportedModelCostsWhatItCostBefore() throws IOException {
    for (String name : List.of("tutorial-cnn", "resnet20")) {
      Model model = zoo(name);
      byte[] file = Onnx.toBytes(ModelFile.of(model));
      ModelGraph imported = ModelGraph.of(Onnx.read(file, name, Reading.PLAIN));
      assertEquals(ModelGraph.of(model).multiplyAdds(), imported.multiplyAdds());
    }
  }

  @Test
  void namesAreEscapedInDot() {
    ModelGraph.Row input =
        new ModelGraph.Row("a\"b\\c", List.of(), Shape.of(1), List.of(), List.of(), 0, 0);
    ModelGraph.Row row =
        new ModelGraph.Row("r", List.of("exp"), Shape.of(1), List.of(0), List.of(), 0, 0);
    assertEquals(
        """
        digraph model {
          node [shape=box];
          n0 [label="a\\"b\\\\c\\n[1]"];
          n1 [label="r\\nexp\\n[1]"];
          n0 -> n1;
        }
        """,
        new ModelGraph(List.of(input, row)).dot());
  }
}
