package dev.bagel.bench.rivals.pytorch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.tensor.Tensor;

/** The order in which PyTorch keeps the elements of images and filters. */
enum Memory {
  /** Planes one after the other, as arrays come. */
  PLANES,
  /**
   * The channels of a pixel side by side ({@code channels_last}): PyTorch sees it in the strides,
   * and keeps to it from layer to layer.
   */
  CHANNELS_LAST;

  PtNDArray of(Tensor t) {
    if (this == PLANES || t.shape().rank() != 4) {
      return Torch.of(t);
    }
    PtNDArray last = Torch.of(t.permute(0, 2, 3, 1));
    return JniUtils.permute(last, new long[] {0, 3, 1, 2});
  }
}
