package dev.bagel.bench.rivals.pytorch;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.bagel.bench.duel.Contestant;
import dev.bagel.bench.work.ConvCase;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Conv;
import java.util.function.Supplier;

/** One operation of PyTorch over given numbers. */
interface TorchKernel extends Contestant {
  /** Does the work once and copies the result. */
  float[] answer();

  static TorchKernel matMul(KernelWork work) {
    PtNDArray a = Torch.of(work.a());
    PtNDArray b = Torch.of(work.b());
    return new Forward(() -> JniUtils.matmul(a, b));
  }

  static TorchKernel convForward(ConvCase c, KernelWork work, Memory memory) {
    PtNDArray x = memory.of(work.a());
    PtNDArray w = memory.of(work.b());
    return new Forward(() -> conv(c, x, w));
  }

  static TorchKernel convInput(ConvCase c, KernelWork work, Memory memory) {
    Tensor any = Tensor.zeros(c.geometry().input());
    return new Backward(c, memory.of(any), memory.of(work.b()), memory.of(work.a()), true);
  }

  static TorchKernel convFilter(ConvCase c, KernelWork work, Memory memory) {
    Tensor any = Tensor.zeros(c.geometry().filters());
    return new Backward(c, memory.of(work.a()), memory.of(any), memory.of(work.b()), false);
  }

  private static PtNDArray conv(ConvCase c, PtNDArray x, PtNDArray w) {
    Conv g = c.geometry();
    Shape one = new Shape(1, 1);
    return JniUtils.convolution(x, w, null, one, new Shape(g.top(), g.left()), one, 1);
  }

  /** An operation without gradients. */
  record Forward(Supplier<PtNDArray> operation) implements TorchKernel {
    @Override
    public void run() {
      operation.get().close();
    }

    @Override
    public float[] answer() {
      try (PtNDArray y = operation.get()) {
        return y.toFloatArray();
      }
    }
  }

  /**
   * The backward pass of a convolution for one of its operands. Autograd has no backward pass
   * without a forward pass before it, so that is made each time, and not timed.
   */
  final class Backward implements TorchKernel, Contestant.Staged {
    private final ConvCase c;
    private final PtNDArray x;
    private final PtNDArray w;
    private final PtNDArray dy;
    private final boolean input;
    private PtNDManager scope;
    private PtNDArray leaf;
    private PtNDArray y;

    Backward(ConvCase c, PtNDArray x, PtNDArray w, PtNDArray dy, boolean input) {
      this.c = c;
      this.x = x;
      this.w = w;
      this.dy = dy;
      this.input = input;
    }

    @Override
    public void prepare() {
      scope = Torch.scope();
      leaf = Torch.leaf(input ? x : w, scope);
      JniUtils.setGradMode(true);
      y = input ? conv(c, leaf, w) : conv(c, x, leaf);
      y.attach(scope);
    }

    @Override
    public void run() {
      JniUtils.backward(y, dy, false, false);
    }

    @Override
    public void tidy() {
      JniUtils.setGradMode(false);
      scope.close();
    }

    @Override
    public float[] answer() {
      prepare();
      run();
      float[] gradient = JniUtils.getGradient(leaf).toFloatArray();
      tidy();
      return gradient;
    }
  }
}
