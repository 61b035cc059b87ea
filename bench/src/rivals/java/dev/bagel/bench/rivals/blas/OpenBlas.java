package dev.bagel.bench.rivals.blas;

import dev.bagel.bench.duel.Agreement;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Duels with OpenBLAS. It chooses its loops when it is loaded and may not know the processor; the
 * variable OPENBLAS_CORETYPE, which the command sets, tells it.
 */
public final class OpenBlas implements Opponent {
  @Override
  public String version() {
    String core = System.getenv("OPENBLAS_CORETYPE");
    return "OpenBLAS 0.3.31 for " + (core == null ? "the core it sees" : core); // the POM's version
  }

  @Override
  public List<Duel> duels() {
    return IntStream.of(64, 128, 256, 512, 1024, 2048)
        .mapToObj(n -> new Duel("gemm/" + n, "openblas", 2.0 * n * n * n, () -> match(n)))
        .toList();
  }

  private static Match match(int n) {
    openblas.blas_set_num_threads(Parallel.threads());
    KernelWork work = KernelWork.matMul(n);
    KernelWork.Bound ours = work.with(Kernels.best());
    FloatPointer a = new FloatPointer(work.a().toArray());
    FloatPointer b = new FloatPointer(work.b().toArray());
    FloatPointer c = new FloatPointer((long) n * n);
    return new Match(
        ours.kernel()::run,
        () -> multiply(n, a, b, c),
        Agreement.of("result", 1e-4, ours::answer, () -> product(n, a, b, c)));
  }

  private static void multiply(int n, FloatPointer a, FloatPointer b, FloatPointer c) {
    int plain = openblas.CblasNoTrans;
    openblas.cblas_sgemm(openblas.CblasRowMajor, plain, plain, n, n, n, 1, a, n, b, n, 0, c, n);
  }

  private static float[] product(int n, FloatPointer a, FloatPointer b, FloatPointer c) {
    multiply(n, a, b, c);
    float[] numbers = new float[n * n];
    c.get(numbers);
    return numbers;
  }
}
