package dev.bagel.bench.rivals.pytorch;

import ai.djl.pytorch.engine.PtNDArray;
import dev.bagel.bench.work.Workload;
import dev.bagel.tensor.Shape;

/** Labels in the form that makes the cross-entropy one product and one sum. */
final class Labels {
  private Labels() {}

  /** −1 at each example's label, else 0: [N, K]. */
  static PtNDArray negativeOneHot(Workload work) {
    int classes = work.classes();
    float[] oneHot = new float[work.batch() * classes];
    for (int i = 0; i < work.batch(); i++) {
      oneHot[i * classes + work.labels()[i]] = -1;
    }
    return Torch.of(Shape.of(work.batch(), classes), oneHot);
  }
}
