package dev.bagel.tensor.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;

/** Skipped in a JVM without {@code --add-modules jdk.incubator.vector}. */
final class VectorKernelsTest extends KernelsContract {
  @BeforeAll
  static void theModuleIsThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  @Override
  protected Kernels kernels() {
    try { // by name: this class must load without the module
      return Class.forName("dev.bagel.tensor.kernel.simd.VectorKernels")
          .asSubclass(Kernels.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
