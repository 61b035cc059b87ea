package dev.bagel.tensor.kernel;

final class ScalarKernelsTest extends KernelsContract {
  @Override
  protected Kernels kernels() {
    return new ScalarKernels();
  }
}
