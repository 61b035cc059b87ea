package dev.bagel.bench.rivals.pytorch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.bench.work.TrainingStep;
import dev.bagel.bench.work.Workload;
import java.util.List;

/** One step of stochastic gradient descent as it is written in PyTorch. */
final class TorchTraining {
  private final TorchNet net;
  private final List<String> weights;
  private final PtNDArray x;
  private final PtNDArray labels;
  private final PtNDArray mean;
  private final PtNDArray rate = Torch.scalar((float) TrainingStep.RATE);

  TorchTraining(Workload work, Memory memory) {
    net = TorchNet.of(work.model(), memory);
    weights = List.copyOf(work.model().params().weights().keySet());
    x = memory.of(work.images());
    labels = Labels.negativeOneHot(work);
    mean = Torch.scalar(1f / work.batch());
  }

  void run() {
    try (PtNDManager scope = Torch.scope()) {
      step(scope);
    }
  }

  /** Takes a step and returns by how much it moved each weight, in the order of our model's. */
  float[] change() {
    float[] before = weights();
    run();
    float[] change = weights();
    for (int i = 0; i < change.length; i++) {
      change[i] -= before[i];
    }
    return change;
  }

  private void step(PtNDManager scope) {
    TorchNet now = net.training(weights, scope);
    PtNDArray images = JniUtils.detachGradient(x);
    images.attach(scope);
    JniUtils.setGradMode(true);
    PtNDArray loss = JniUtils.mul(now.loss(images, labels), mean);
    JniUtils.backward(loss, rate, false, false); // gradients come multiplied by the rate already
    JniUtils.setGradMode(false);
    for (String name : weights) {
      try (PtNDArray step = JniUtils.getGradient(now.number(name))) {
        JniUtils.subi(net.number(name), step);
      }
    }
  }

  private float[] weights() {
    float[][] all = new float[weights.size()][];
    int size = 0;
    for (int i = 0; i < all.length; i++) {
      all[i] = net.number(weights.get(i)).toFloatArray();
      size += all[i].length;
    }
    float[] flat = new float[size];
    int at = 0;
    for (float[] w : all) {
      System.arraycopy(w, 0, flat, at, w.length);
      at += w.length;
    }
    return flat;
  }
}
