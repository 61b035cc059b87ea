package dev.bagel.bench.rivals.dl4j;

import dev.bagel.bench.work.TrainingStep;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Flatten;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A plain convolutional net of ours as Deeplearning4j has it: activations belong to the layer
 * before them, and the loss to the last layer.
 */
final class Dl4jNet {
  private final List<String> paths = new ArrayList<>(); // of our layers with weights, by theirs
  private final MultiLayerNetwork net;

  Dl4jNet(Model model) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().updater(new Sgd(TrainingStep.RATE)).list();
    List<Layer> layers = ((Sequential) model.net()).layers();
    for (int i = 0; i < layers.size(); i++) {
      boolean relu = i + 1 < layers.size() && layers.get(i + 1) == Activation.RELU;
      if (layers.get(i) != Activation.RELU && !(layers.get(i) instanceof Flatten)) {
        list.layer(translated(layers.get(i), relu, i + 1 == layers.size()));
        paths.add(i + ".");
      }
    }
    Shape e = model.example();
    list.setInputType(InputType.convolutional(e.dim(1), e.dim(2), e.dim(0)));
    net = new MultiLayerNetwork(list.build());
    net.init();
    model.params().weights().forEach(this::copy);
  }

  private static org.deeplearning4j.nn.conf.layers.Layer translated(
      Layer layer, boolean relu, boolean last) {
    var activation =
        relu
            ? org.nd4j.linalg.activations.Activation.RELU
            : org.nd4j.linalg.activations.Activation.IDENTITY;
    if (layer instanceof Conv2d c) {
      return new ConvolutionLayer.Builder(c.kernelY(), c.kernelX())
          .stride(c.strideY(), c.strideX())
          .padding(c.top(), c.left())
          .nOut(c.out())
          .activation(activation)
          .build();
    }
    if (layer instanceof MaxPool2d p) {
      return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
          .kernelSize(p.size(), p.size())
          .stride(p.stride(), p.stride())
          .build();
    }
    if (layer instanceof Dense d) {
      return last
          ? new OutputLayer.Builder(LossFunction.MCXENT)
              .nOut(d.out())
              .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
              .build()
          : new DenseLayer.Builder().nOut(d.out()).activation(activation).build();
    }
    throw new IllegalArgumentException("no Deeplearning4j here for " + layer);
  }

  /** Matrices of dense layers are [in, out] there. */
  private void copy(String name, Tensor t) {
    int dot = name.lastIndexOf('.') + 1;
    String theirs =
        paths.indexOf(name.substring(0, dot)) + "_" + (name.endsWith("bias") ? "b" : "W");
    INDArray value = of(t);
    net.setParam(
        theirs,
        t.shape().rank() == 2 ? value.transpose() : value.reshape(net.getParam(theirs).shape()));
  }

  static INDArray of(Tensor t) {
    long[] shape = new long[t.shape().rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = t.shape().dim(i);
    }
    return Nd4j.create(t.toArray(), shape, 'c');
  }

  MultiLayerNetwork net() {
    return net;
  }

  /** All weights, in the order and the shapes of ours. */
  float[] weights(Iterable<String> names, int count) {
    float[] flat = new float[count];
    int at = 0;
    for (String name : names) {
      int dot = name.lastIndexOf('.') + 1;
      boolean bias = name.endsWith("bias");
      INDArray p = net.getParam(paths.indexOf(name.substring(0, dot)) + (bias ? "_b" : "_W"));
      INDArray ours = !bias && p.rank() == 2 ? p.transpose() : p;
      float[] numbers = ours.dup('c').data().asFloat();
      System.arraycopy(numbers, 0, flat, at, numbers.length);
      at += numbers.length;
    }
    return flat;
  }
}
