package dev.bagel.bench.rivals.pytorch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.Tensor;

/**
 * The loop of ℓ∞-PGD as it is written in PyTorch: forward, loss, gradient, sign, step, clip. The
 * weights need no gradient, as in torchattacks.
 */
final class TorchAttack {
  private final TorchNet net;
  private final PtNDArray origin;
  private final PtNDArray low;
  private final PtNDArray high;
  private final PtNDArray labels;
  private final PtNDArray alpha;
  private PtNDManager scope;
  private PtNDArray found;

  TorchAttack(Workload work, Memory memory) {
    net = TorchNet.of(work.model(), memory);
    origin = memory.of(work.images());
    float epsilon = (float) work.epsilon();
    low = memory.of(work.images().add(-epsilon).max(Tensor.scalar(0)));
    high = memory.of(work.images().add(epsilon).min(Tensor.scalar(1)));
    labels = Labels.negativeOneHot(work);
    alpha = Torch.scalar((float) work.stepSize());
  }

  /** ∇ of the summed cross-entropy at the images. */
  float[] gradient() {
    try (PtNDManager s = Torch.scope()) {
      return gradient(origin, s).toFloatArray();
    }
  }

  float[] attacked(int steps) {
    run(steps);
    return found.toFloatArray();
  }

  void run(int steps) {
    if (scope != null) {
      scope.close();
    }
    scope = Torch.scope();
    PtNDArray x = JniUtils.detachGradient(origin);
    x.attach(scope);
    for (int step = 0; step < steps; step++) {
      x = next(x);
    }
    found = x;
  }

  private PtNDArray next(PtNDArray x) {
    try (PtNDManager s = Torch.scope()) {
      PtNDArray g = gradient(x, s);
      JniUtils.signi(g);
      JniUtils.muli(g, alpha);
      JniUtils.addi(g, x); // now the moved point
      PtNDArray next = JniUtils.min(JniUtils.max(g, low), high);
      x.close();
      next.attach(scope);
      return next;
    }
  }

  private PtNDArray gradient(PtNDArray x, PtNDManager s) {
    PtNDArray leaf = Torch.leaf(x, s);
    JniUtils.setGradMode(true);
    PtNDArray loss = net.loss(leaf, labels);
    JniUtils.backward(loss, Torch.ONE, false, false);
    JniUtils.setGradMode(false);
    return JniUtils.getGradient(leaf);
  }
}
