package dev.bagel.tensor.kernel;

final class ReferenceKernelsTest extends KernelsContract {
  @Override
  protected Kernels kernels() {
    return new ReferenceKernels();
  }
}
