package dev.bagel.bench.work;

import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.MaxPool2d;
import dev.bagel.nn.layer.Sequential;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Conv;
import dev.bagel.tensor.kernel.Kernel;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Product;
import dev.bagel.tensor.kernel.ScalarKernels;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * The heavy loops of one step over a net of convolutions, pools and dense layers, in plain Java and
 * over random numbers: forward, and back to the images or to the weights.
 *
 * <p>A plan runs the fastest kernels of its JVM and no others, so this is the yardstick that a step
 * can be held against in the same JVM. It computes no step.
 */
public final class PlainLoops implements Kernel {
  private final Kernels kernels = new ScalarKernels();
  private final List<Kernel> loops = new ArrayList<>();
  private final boolean training;

  private PlainLoops(boolean training) {
    this.training = training;
  }

  /** Of a step of an attack. */
  public static PlainLoops attack(Workload work) {
    return new PlainLoops(false).through(work);
  }

  /** Of a step of training. */
  public static PlainLoops training(Workload work) {
    return new PlainLoops(true).through(work);
  }

  private PlainLoops through(Workload work) {
    Shape x = work.images().shape();
    for (Layer layer : ((Sequential) work.model().net()).layers()) {
      if (layer instanceof Conv2d c) {
        x = conv(c, x);
      } else if (layer instanceof MaxPool2d p) {
        x = pool(p, x);
      } else if (layer instanceof Dense d) {
        x = dense(d, x.dim(0));
      }
    }
    return this;
  }

  private Shape conv(Conv2d c, Shape in) {
    Conv g =
        new Conv(
            in.dim(0),
            c.in(),
            in.dim(2),
            in.dim(3),
            c.out(),
            c.kernelY(),
            c.kernelX(),
            c.strideY(),
            c.strideX(),
            c.top(),
            c.left(),
            c.bottom(),
            c.right(),
            c.dilationY(),
            c.dilationX(),
            c.groups());
    Span x = random(g.input());
    Span w = random(g.filters());
    Span y = random(g.output());
    if (!training || !loops.isEmpty()) { // images that are trained on need no gradient
      loops.add(kernels.convInput(g, y, w, empty(g.input())));
    }
    loops.add(kernels.conv(g, x, w, empty(g.output())));
    if (training) {
      loops.add(kernels.convFilter(g, x, y, empty(g.filters())));
    }
    return g.output();
  }

  private Shape pool(MaxPool2d p, Shape in) {
    int[] pads = {p.padding(), p.padding(), p.padding(), p.padding()};
    Window g = Window.of(in, p.size(), p.size(), p.stride(), p.stride(), pads, p.ceil(), false);
    Span x = random(g.input());
    loops.add(kernels.maxTake(g, x, x, empty(g.output())));
    loops.add(kernels.maxPut(g, x, random(g.output()), empty(g.input())));
    return g.output();
  }

  private Shape dense(Dense d, int n) {
    Shape in = Shape.of(n, d.in());
    Shape out = Shape.of(n, d.out());
    Shape weights = Shape.of(d.out(), d.in());
    Span x = random(in);
    Span w = random(weights);
    Span y = random(out);
    Product forward = Product.of(n, d.out(), d.in(), false, true);
    Product back = Product.of(n, d.in(), d.out(), false, false);
    loops.add(kernels.matmul(forward, x, w, empty(out)));
    loops.add(kernels.matmul(back, y, w, empty(in)));
    if (training) {
      Product across = Product.of(d.out(), d.in(), n, true, false);
      loops.add(kernels.matmul(across, y, x, empty(weights)));
    }
    return out;
  }

  private Span random(Shape shape) {
    return Span.of(Tensor.gaussian(shape, Rng.of(loops.size())).toArray());
  }

  private static Span empty(Shape shape) {
    return Span.of(new float[shape.size()]);
  }

  @Override
  public void run() {
    loops.forEach(Kernel::run);
  }
}
