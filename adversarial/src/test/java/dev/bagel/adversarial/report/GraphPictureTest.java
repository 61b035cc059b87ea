package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.ModelGraph;
import dev.bagel.nn.layer.Init;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.nn.layer.Pass;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class GraphPictureTest {
  private static ModelGraph graph(Layer net, Shape example) {
    return ModelGraph.of(Model.init(net, example, Rng.of(1)));
  }

  private static List<Element> boxes(Document svg) {
    List<Element> boxes = new ArrayList<>();
    NodeList all = svg.getElementsByTagName("rect");
    for (int i = 0; i < all.getLength(); i++) {
      Element e = (Element) all.item(i);
      if (e.getAttribute("class").startsWith("box")) {
        boxes.add(e);
      }
    }
    return boxes;
  }

  @Test
  void everyArchitectureHasAPictureThatStandsAlone() {
    for (Zoo.Entry entry : Zoo.all()) {
      if (!entry.name().startsWith("wide")) { // 36 million numbers
        String svg = new GraphPicture(entry.name(), graph(entry.net(), entry.example())).svg();
        Document document = Documents.parse(svg);
        assertTrue(boxes(document).size() > 2, entry.name());
        ReportTest.assertStandsAlone(svg);
        double width = Double.parseDouble(document.getDocumentElement().getAttribute("width"));
        for (Element box : boxes(document)) {
          double x = Double.parseDouble(box.getAttribute("x"));
          double right = x + Double.parseDouble(box.getAttribute("width"));
          assertTrue(x >= 0 && right <= width, entry.name() + " box from " + x + " to " + right);
        }
      }
    }
  }

  /** An activation is in the box of the layer before it; what is read twice ends a box. */
  @Test
  void whatHasNoWeightsJoinsTheBoxAboveIt() {
    Layer net =
        Layer.sequential(Layer.flatten(), Layer.dense(4, 3), Layer.relu(), Layer.dense(3, 2));
    String svg = new GraphPicture("mlp", graph(net, Shape.of(1, 2, 2))).svg();
    assertEquals(4, boxes(Documents.parse(svg)).size(), svg); // input, flat, dense with relu, dense
    assertTrue(svg.contains(", relu"), svg);
  }

  /** Query, key and value stand side by side, and what goes around them passes beside them. */
  @Test
  void aTransformerBlockIsDrawnInItsLayers() {
    record Block() implements Layer.Custom {
      @Override
      public List<Parameter> parameters() {
        return Stream.of("query", "key", "value")
            .map(name -> Parameter.weight(name, Shape.of(8, 8), Init.he(8)))
            .toList();
      }

      @Override
      public Var apply(Pass pass, Var x) {
        Var q = pass.saw("q", x.matmul(pass.param("query")));
        Var k = pass.saw("k", x.matmul(pass.param("key")));
        Var v = pass.saw("v", x.matmul(pass.param("value")));
        Var scores = pass.saw("scores", Fn.softmax(q.matmul(k, false, true)));
        return pass.saw("sum", x.add(pass.saw("mix", scores.matmul(v)))).reshape(1, 40);
      }
    }
    ModelGraph graph = graph(new Block(), Shape.of(5, 8));
    String svg = new GraphPicture("block", graph).svg();
    List<Element> boxes = boxes(Documents.parse(svg));
    assertEquals(8, boxes.size());
    for (int i = 1; i < 3; i++) { // q, k and v follow the input
      assertEquals(boxes.get(1).getAttribute("y"), boxes.get(1 + i).getAttribute("y"));
    }
    assertTrue(svg.split("class=\"edge\"", -1).length - 1 >= 9, svg);
  }

  @Test
  void hostileNamesStayText() {
    ModelGraph.Row input =
        new ModelGraph.Row("<script>", List.of(), Shape.of(1), List.of(), List.of(), 0, 0);
    ModelGraph.Row row =
        new ModelGraph.Row("\"'&", List.of("<b>"), Shape.of(1), List.of(0), List.of("w"), 7, 1_234);
    String svg = new GraphPicture("</title>", new ModelGraph(List.of(input, row))).svg();
    Documents.parse(svg);
    assertFalse(svg.contains("<script>"));
    assertFalse(svg.contains("<b>"));
  }
}
