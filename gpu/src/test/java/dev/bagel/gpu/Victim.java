package dev.bagel.gpu;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Start;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Loss;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network of the zoo with fresh weights, random images, and PGD on them: from the images
 * themselves, in steps of ε/30.
 */
record Victim(String name, Model model, Tensor images, int[] labels, double epsilon) {
  static Victim madry(int batch) {
    Layer net = Zoo.madryMnist();
    Rng rng = Rng.of(1);
    Params params = Zoo.madryInit(net.init(rng), rng);
    return of("Madry's net", Model.of(net, params, Shape.of(1, 28, 28)), batch, 0.3);
  }

  static Victim resnet20(int batch) {
    return of("ResNet-20", Zoo.resnet20(), batch);
  }

  static Victim resnet18(int batch) {
    return of("ResNet-18", Zoo.resnet18(), batch);
  }

  private static Victim of(String name, Layer net, int batch) {
    Params fresh = net.init(Rng.of(1));
    Map<String, Tensor> seen = new LinkedHashMap<>(); // statistics as if batches had been seen
    fresh
        .buffers()
        .forEach(
            (buffer, t) -> {
              float middle = buffer.endsWith("mean") ? 0 : 1;
              float width = buffer.endsWith("mean") ? 0.1f : 0.5f;
              Rng own = Rng.of(2).at(buffer);
              seen.put(buffer, Tensor.uniform(t.shape(), middle - width, middle + width, own));
            });
    Params params = new Params(fresh.weights(), seen);
    return of(name, Model.of(net, params, Shape.of(3, 32, 32)), batch, 8 / 255.0);
  }

  private static Victim of(String name, Model model, int batch, double epsilon) {
    Shape shape = Shape.of(batch).concat(model.example());
    Tensor images = Tensor.uniform(shape, 0, 1, Rng.of(3));
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = Rng.of(4).below(i, 10);
    }
    return new Victim(name, model, images, labels, epsilon);
  }

  Victim on(Device device) {
    return new Victim(name, model.on(device), images, labels, epsilon);
  }

  double stepSize() {
    return epsilon / 30;
  }

  /** What PGD makes of the images. */
  Tensor attacked(int steps) {
    return attacked(images, steps);
  }

  /** Where PGD comes to from some points. */
  Tensor attacked(Tensor from, int steps) {
    Pgd pgd = Pgd.in(Ball.linf(epsilon)).start(Start.at(from)).steps(steps).stepSize(stepSize());
    return pgd.perturb(model, images, Goal.untargeted(labels), Seeds.of(1, labels.length));
  }

  double loss(Tensor x) {
    return Loss.crossEntropy(Var.constant(model.scores(x)), labels).mean().value().item();
  }

  /** The share of elements that are farther than 10⁻⁴ apart. */
  static double apart(Tensor a, Tensor b) {
    int apart = 0;
    for (int i = 0; i < a.size(); i++) {
      apart += Math.abs(a.get(i) - b.get(i)) <= 1e-4 ? 0 : 1;
    }
    return (double) apart / a.size();
  }

  /** The largest difference, relative to the largest number. */
  static double error(Tensor a, Tensor b) {
    double most = 0;
    double error = 0;
    for (int i = 0; i < a.size(); i++) {
      most = Math.max(most, Math.abs(a.get(i)));
      error = Math.max(error, Math.abs(a.get(i) - b.get(i)));
    }
    return error / most;
  }
}
