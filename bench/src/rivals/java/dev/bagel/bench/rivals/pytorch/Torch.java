package dev.bagel.bench.rivals.pytorch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;

/**
 * PyTorch on the CPU, through the JNI functions that DJL makes its arrays of: thinner than DJL's
 * own API, and than Python, so the rival loses nothing on the way.
 */
final class Torch {
  /** Holds what lives as long as the JVM. */
  static final PtNDManager MANAGER;

  static final String VERSION;

  static {
    System.setProperty("ai.djl.offline", "true"); // natives come from the class path or not at all
    System.setProperty("OPT_OUT_TRACKING", "true");
    Engine engine = Engine.getEngine("PyTorch");
    MANAGER = (PtNDManager) engine.newBaseManager(Device.cpu());
    VERSION = engine.getVersion();
    // the rival gets as many as we have
    JniUtils.setNumThreads(Parallel.threads());
    JniUtils.setGradMode(false);
  }

  /** The gradient of a loss with respect to itself. */
  static final PtNDArray ONE = scalar(1);

  private Torch() {}

  static PtNDManager scope() {
    return MANAGER.newSubManager(Device.cpu());
  }

  /** A copy of our numbers. */
  static PtNDArray of(Tensor t) {
    long[] shape = new long[t.shape().rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = t.shape().dim(i);
    }
    return (PtNDArray) MANAGER.create(t.toArray(), new Shape(shape));
  }

  static PtNDArray of(dev.bagel.tensor.Shape shape, float[] numbers) {
    return of(Tensor.of(shape, numbers));
  }

  static PtNDArray scalar(float v) {
    return (PtNDArray) MANAGER.create(v);
  }

  /** The same numbers in another scope, as a leaf whose gradient is wanted. */
  static PtNDArray leaf(PtNDArray x, PtNDManager scope) {
    PtNDArray leaf = JniUtils.detachGradient(x);
    leaf.attach(scope);
    JniUtils.attachGradient(leaf, true);
    return leaf;
  }
}
