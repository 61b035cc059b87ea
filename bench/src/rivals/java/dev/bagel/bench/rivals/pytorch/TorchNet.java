package dev.bagel.bench.rivals.pytorch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Flatten;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model of ours as PyTorch runs it eagerly: the same layers over copies of the same numbers. */
final class TorchNet {
  private final Layer net;
  private final boolean training;
  private final Map<String, PtNDArray> numbers; // weights and buffers

  private TorchNet(Layer net, boolean training, Map<String, PtNDArray> numbers) {
    this.net = net;
    this.training = training;
    this.numbers = numbers;
  }

  /** For attacks and inference: constant weights, running statistics. */
  static TorchNet of(Model model, Memory memory) {
    Map<String, PtNDArray> numbers = new LinkedHashMap<>();
    model.params().all().forEach((name, t) -> numbers.put(name, memory.of(t)));
    return new TorchNet(model.net(), false, numbers);
  }

  /**
   * For one training step: statistics of the batch, and the same weights as new leaves. Theirs are
   * the gradients, which therefore start from none and not from zeros to be added to.
   */
  TorchNet training(Iterable<String> weights, PtNDManager scope) {
    Map<String, PtNDArray> fresh = new LinkedHashMap<>(numbers);
    weights.forEach(name -> fresh.put(name, Torch.leaf(numbers.get(name), scope)));
    return new TorchNet(net, true, fresh);
  }

  PtNDArray number(String name) {
    return numbers.get(name);
  }

  PtNDArray logits(PtNDArray x) {
    return apply(net, "", x);
  }

  /** −Σ log softmax(z) over the labels, which come as −1 where the class is the label's, else 0. */
  PtNDArray loss(PtNDArray x, PtNDArray negativeOneHot) {
    PtNDArray p = JniUtils.logSoftmax(logits(x), 1, DataType.FLOAT32);
    return JniUtils.sum(JniUtils.mul(p, negativeOneHot));
  }

  private PtNDArray apply(Layer layer, String at, PtNDArray x) {
    if (layer instanceof Sequential s) {
      PtNDArray y = x;
      for (int i = 0; i < s.layers().size(); i++) {
        y = apply(s.layers().get(i), at + i + ".", y);
      }
      return y;
    }
    if (layer instanceof Residual r) {
      PtNDArray y = apply(r.body(), at + "body.", x);
      return JniUtils.add(y, apply(r.shortcut(), at + "shortcut.", x));
    }
    if (layer instanceof Conv2d c) {
      return conv(c, at, x);
    }
    if (layer instanceof BatchNorm2d b) {
      return norm(b, at, x);
    }
    if (layer instanceof Dense) {
      return JniUtils.linear(x, numbers.get(at + "weight"), numbers.get(at + "bias"));
    }
    if (layer == Activation.RELU) {
      return JniUtils.relu(x);
    }
    if (layer instanceof MaxPool2d p) {
      Shape pads = new Shape(p.padding(), p.padding());
      return JniUtils.maxPool(x, square(p.size()), square(p.stride()), pads, p.ceil());
    }
    if (layer instanceof GlobalMeanPool) {
      return JniUtils.flatten(JniUtils.adaptiveAvgPool(x, square(1)), 1, -1);
    }
    if (layer instanceof Flatten) {
      return JniUtils.flatten(x, 1, -1);
    }
    throw new IllegalArgumentException("no PyTorch here for " + layer);
  }

  private PtNDArray conv(Conv2d c, String at, PtNDArray x) {
    if (c.top() != c.bottom() || c.left() != c.right()) {
      throw new IllegalArgumentException("PyTorch pads both sides alike, not as " + c);
    }
    return JniUtils.convolution(
        x,
        numbers.get(at + "weight"),
        c.bias() ? numbers.get(at + "bias") : null,
        new Shape(c.strideY(), c.strideX()),
        new Shape(c.top(), c.left()),
        new Shape(c.dilationY(), c.dilationX()),
        c.groups());
  }

  private PtNDArray norm(BatchNorm2d b, String at, PtNDArray x) {
    return JniUtils.batchNorm(
        x,
        numbers.get(at + "running_mean"),
        numbers.get(at + "running_var"),
        numbers.get(at + "weight"),
        numbers.get(at + "bias"),
        training,
        b.momentum(),
        b.epsilon());
  }

  private static Shape square(int n) {
    return new Shape(n, n);
  }
}
