package dev.bagel.adversarial.explain;

import dev.bagel.autodiff.Fn;
import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/** Where the gradients of a {@link MeanGradient} are taken. */
sealed interface Points {
  int count();

  /** Point {@code k} as a function of the inputs and of what differs between points. */
  Var at(Var x, Var setting);

  /** What differs between points: its value for point {@code k}, of the same shape for all. */
  Tensor setting(int k, Question q);

  /** The input itself. */
  record Here() implements Points {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public Var at(Var x, Var setting) {
      return x;
    }

    @Override
    public Tensor setting(int k, Question q) {
      return Tensor.scalar(0);
    }
  }

  /** Noise added: every input has a stream of its own, [N, 4]. */
  record Around(int count, double sigma) implements Points {
    @Override
    public Var at(Var x, Var keys) {
      return x.add(Fn.gaussian(keys, "around", x.shape()).mul((float) sigma));
    }

    @Override
    public Tensor setting(int k, Question q) {
      Tensor[] keys = new Tensor[q.size()];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = Fn.key(q.seeds().example(i).at(k)).reshape(1, 4);
      }
      return Tensor.stack(keys[0], Arrays.copyOfRange(keys, 1, keys.length));
    }
  }

  /** The middles of equal steps from a baseline to the input; the setting is the way done, α. */
  record Line(int count, double baseline) implements Points {
    @Override
    public Var at(Var x, Var alpha) {
      return x.sub((float) baseline).mul(alpha).add((float) baseline);
    }

    @Override
    public Tensor setting(int k, Question q) {
      return Tensor.full(Shape.of(), (float) ((k + 0.5) / count));
    }
  }
}
