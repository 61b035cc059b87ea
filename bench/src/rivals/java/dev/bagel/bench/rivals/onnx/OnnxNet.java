package dev.bagel.bench.rivals.onnx;

import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Flatten;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model of ours as an ONNX file, batch normalisation having been folded away before. */
final class OnnxNet {
  private final OnnxGraph graph = new OnnxGraph();
  private final Map<String, Tensor> numbers;

  private OnnxNet(Map<String, Tensor> numbers) {
    this.numbers = numbers;
    numbers.forEach(graph::constant);
  }

  static byte[] file(Model model, Shape images, Shape scores) {
    OnnxNet net = new OnnxNet(model.params().all());
    return net.graph.file(images, net.apply(model.net(), "", "x"), scores);
  }

  private String apply(Layer layer, String at, String x) {
    if (layer instanceof Sequential s) {
      String y = x;
      for (int i = 0; i < s.layers().size(); i++) {
        y = apply(s.layers().get(i), at + i + ".", y);
      }
      return y;
    }
    if (layer instanceof Residual r) {
      String y = apply(r.body(), at + "body.", x);
      return graph.node("Add", List.of(y, apply(r.shortcut(), at + "shortcut.", x)));
    }
    if (layer instanceof Conv2d c) {
      return conv(c, at, x);
    }
    if (layer instanceof Dense) {
      return graph.node("Gemm", operands(at, x), OnnxGraph.integer("transB", 1));
    }
    if (layer == Activation.RELU) {
      return graph.node("Relu", List.of(x));
    }
    if (layer instanceof MaxPool2d p && p.padding() == 0 && !p.ceil()) {
      return graph.node(
          "MaxPool",
          List.of(x),
          OnnxGraph.ints("kernel_shape", p.size(), p.size()),
          OnnxGraph.ints("strides", p.stride(), p.stride()));
    }
    if (layer instanceof GlobalMeanPool) {
      return graph.node("Flatten", List.of(graph.node("GlobalAveragePool", List.of(x))));
    }
    if (layer instanceof Flatten) {
      return graph.node("Flatten", List.of(x));
    }
    throw new IllegalArgumentException("no ONNX here for " + layer);
  }

  private String conv(Conv2d c, String at, String x) {
    return graph.node(
        "Conv",
        operands(at, x),
        OnnxGraph.ints("kernel_shape", c.kernelY(), c.kernelX()),
        OnnxGraph.ints("strides", c.strideY(), c.strideX()),
        OnnxGraph.ints("pads", c.top(), c.left(), c.bottom(), c.right()),
        OnnxGraph.ints("dilations", c.dilationY(), c.dilationX()),
        OnnxGraph.integer("group", c.groups()));
  }

  /** x, the weight and, if there is one, the bias. */
  private List<String> operands(String at, String x) {
    List<String> operands = new ArrayList<>(List.of(x, at + "weight"));
    if (numbers.containsKey(at + "bias")) {
      operands.add(at + "bias");
    }
    return operands;
  }
}
