package dev.bagel.bench.rivals.blas;

import dev.bagel.bench.duel.Agreement;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.tensor.kernel.Kernels;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.EjmlVersion;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** Duels with EJML, the matrix library in plain Java. */
public final class Ejml implements Opponent {
  @Override
  public String version() {
    return "EJML " + EjmlVersion.VERSION;
  }

  @Override
  public List<Duel> duels() {
    return IntStream.of(64, 128, 256, 512, 1024)
        .mapToObj(n -> new Duel("gemm/" + n, "ejml", 2.0 * n * n * n, () -> match(n)))
        .toList();
  }

  private static Match match(int n) {
    KernelWork work = KernelWork.matMul(n);
    KernelWork.Bound ours = work.with(Kernels.best());
    FMatrixRMaj a = new FMatrixRMaj(n, n, true, work.a().toArray());
    FMatrixRMaj b = new FMatrixRMaj(n, n, true, work.b().toArray());
    FMatrixRMaj c = new FMatrixRMaj(n, n);
    return new Match(
        ours.kernel()::run,
        () -> CommonOps_FDRM.mult(a, b, c),
        Agreement.of("result", 1e-4, ours::answer, () -> product(a, b, c)));
  }

  private static float[] product(FMatrixRMaj a, FMatrixRMaj b, FMatrixRMaj c) {
    CommonOps_FDRM.mult(a, b, c);
    return c.data;
  }
}
