package dev.bagel.tensor.kernel;

import java.lang.System.Logger.Level;
import java.util.List;

/** Chooses once, when first asked, which kernels this JVM uses. */
final class BestKernels {
  static final Kernels CHOSEN;
  static final String REASON;

  private static final String SIMD = "dev.bagel.tensor.kernel.simd.VectorKernels";

  static {
    String wish = System.getProperty("bagel.kernels", "auto");
    Kernels chosen = new ScalarKernels();
    String reason;
    if (!List.of("auto", "scalar", "vector").contains(wish)) {
      throw new IllegalArgumentException("-Dbagel.kernels=" + wish + ": auto, scalar or vector");
    }
    if (wish.equals("scalar")) {
      reason = "scalar, because -Dbagel.kernels=scalar";
    } else if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      reason = "scalar, because the JVM was started without --add-modules jdk.incubator.vector";
      System.getLogger("dev.bagel")
          .log(Level.INFO, "slow kernels: start java with --add-modules jdk.incubator.vector");
    } else {
      try { // by name: the class cannot be linked in a JVM that lacks the module
        Kernels fast =
            Class.forName(SIMD).asSubclass(Kernels.class).getDeclaredConstructor().newInstance();
        chosen = new ChosenKernels(fast, chosen);
        reason = "vector instructions, because jdk.incubator.vector is there";
      } catch (ReflectiveOperationException | LinkageError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        reason = "scalar, because the vector kernels do not start: " + cause.getMessage();
        System.getLogger("dev.bagel").log(Level.WARNING, "slow kernels: " + reason);
      }
    }
    CHOSEN = chosen;
    REASON = reason;
  }

  private BestKernels() {}
}
