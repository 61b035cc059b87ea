package dev.bagel.nn.layer;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import java.util.List;

/**
 * Batch normalisation of every channel of [N, C, H, W]: Ioffe and Szegedy 2015, Algorithms 1 and 2.
 *
 * <p>In training, statistics are those of the batch, and the running ones move towards them: r ← (1
 * − momentum)·r + momentum·s, where the running variance takes the unbiased estimate, as PyTorch
 * does. In evaluation the running ones are used.
 */
public record BatchNorm2d(int channels, float epsilon, float momentum) implements Layer {
  @Override
  public List<Parameter> parameters() {
    Shape c = Shape.of(channels);
    return List.of(
        Parameter.weight("weight", c, Init.constant(1)),
        Parameter.weight("bias", c, Init.constant(0)),
        Parameter.buffer("running_mean", c, Init.constant(0)),
        Parameter.buffer("running_var", c, Init.constant(1)));
  }

  @Override
  public Var apply(Pass pass, Var x) {
    Var scale = perChannel(pass.param("weight"));
    Var shift = perChannel(pass.param("bias"));
    Var runningMean = perChannel(pass.param("running_mean"));
    Var runningVariance = perChannel(pass.param("running_var"));
    if (pass.mode() == Pass.Mode.EVALUATE) {
      return Fn.normalize(x, runningMean, runningVariance, epsilon, scale, shift);
    }
    Var mean = Fn.mean(x, 0, 2, 3);
    Var variance = Fn.variance(x, mean, 0, 2, 3);
    float n = (float) x.size() / channels;
    pass.update("running_mean", towards(runningMean, mean));
    pass.update("running_var", towards(runningVariance, variance.mul(n / Math.max(1, n - 1))));
    return Fn.normalize(x, mean, variance, epsilon, scale, shift);
  }

  private Var perChannel(Var v) {
    return v.reshape(1, channels, 1, 1);
  }

  private Var towards(Var running, Var observed) {
    return running.mul(1 - momentum).add(observed.detach().mul(momentum)).reshape(channels);
  }
}
