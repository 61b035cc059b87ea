package dev.bagel.bench.rivals.onnx;

import dev.bagel.bench.duel.Agreement;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Duel.Match;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.work.ConvCase;
import dev.bagel.bench.work.KernelWork;
import dev.bagel.bench.work.Workload;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/** Duels with ONNX Runtime, which only goes forward; its weights are packed when it loads them. */
public final class OnnxRuntime implements Opponent {
  private static final String NAME = "onnxruntime";

  @Override
  public String version() {
    return "ONNX Runtime " + Session.ENVIRONMENT.getVersion();
  }

  @Override
  public List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    for (ConvCase c : ConvCase.all()) {
      duels.add(new Duel("conv-forward/" + c, NAME, c.flops(), () -> convolution(c)));
    }
    for (String name : List.of("madry-64", "madry-1", "resnet18-32")) {
      duels.add(new Duel("scores/" + name, NAME, 0, () -> scores(Workload.named(name).folded())));
    }
    return duels;
  }

  private static Match convolution(ConvCase c) {
    KernelWork work = KernelWork.convForward(c);
    KernelWork.Bound ours = work.with(Kernels.best());
    Layer layer = Layer.conv(c.in(), c.out(), c.kernel(), 1, c.kernel() / 2).withoutBias();
    Params filters = Params.weight("weight", work.b());
    Model model = Model.of(layer, filters, Shape.of(c.in(), c.size(), c.size()));
    Session theirs = new Session(Onnx.toBytes(ModelFile.of(model)), work.a());
    return new Match(
        ours.kernel()::run,
        theirs::run,
        Agreement.of("result", 2e-4, ours::answer, theirs::answer));
  }

  private static Match scores(Workload work) {
    Tensor x = work.images();
    Session theirs = new Session(Onnx.toBytes(ModelFile.of(work.model())), x);
    return new Match(
        () -> work.model().scores(x),
        theirs::run,
        Agreement.of("scores", 1e-4, () -> work.model().scores(x).toArray(), theirs::answer));
  }
}
