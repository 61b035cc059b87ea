package dev.bagel.bench.rivals.pytorch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.bench.work.Workload;

/** Inference: a forward pass without gradients. */
final class TorchScores {
  private final TorchNet net;
  private final PtNDArray images;

  TorchScores(Workload work, Memory memory) {
    net = TorchNet.of(work.model(), memory);
    images = memory.of(work.images());
  }

  void run() {
    try (PtNDManager scope = Torch.scope()) {
      scores(scope);
    }
  }

  float[] scores() {
    try (PtNDManager scope = Torch.scope()) {
      return scores(scope).toFloatArray();
    }
  }

  private PtNDArray scores(PtNDManager scope) {
    PtNDArray x = JniUtils.detachGradient(images); // what comes of it goes with the scope
    x.attach(scope);
    return net.logits(x);
  }
}
