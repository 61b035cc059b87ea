package dev.bagel.bench.work;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Start;
import dev.bagel.autodiff.Cell;
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
import java.util.List;
import java.util.Map;

/**
 * A network with fresh weights and a batch of random images, to be attacked, trained on or
 * classified. Nothing that is measured depends on what the numbers mean.
 *
 * @param name what it is called, such as {@code madry-64}: the network and the batch
 * @param model the network; batch normalisation has statistics of its own, not 0 and 1
 * @param images in 0 … 1, [N, …]
 * @param labels [N]
 * @param epsilon the radius of the ℓ∞ ball of an attack
 */
public record Workload(String name, Model model, Tensor images, int[] labels, double epsilon) {
  /** How many steps the attack takes. */
  public static final int STEPS = 10;

  private static final Shape GREY_28 = Shape.of(1, 28, 28);
  private static final Shape COLOUR_32 = Shape.of(3, 32, 32);

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return List.of(
        "madry-64", "madry-8", "madry-1", "resnet18-32", "mlp-784-128-10-1", "mlp-20-64-64-2-1");
  }

  /** The workload of this name: a network, a hyphen and a batch size. */
  public static Workload named(String name) {
    int hyphen = name.lastIndexOf('-');
    int batch = Integer.parseInt(name.substring(hyphen + 1));
    return switch (name.substring(0, hyphen)) {
      case "madry" -> of(name, Zoo.madryMnist(), GREY_28, batch, 0.3);
      case "tutorial" -> of(name, Zoo.tutorialCnn(), GREY_28, batch, 0.3);
      case "resnet18" -> of(name, Zoo.resnet18(), COLOUR_32, batch, 8 / 255.0);
      case "mlp-784-128-10" -> of(name, Zoo.mlp(784, 128, 10), Shape.of(784), batch, 0.1);
      case "mlp-20-64-64-2" -> of(name, Zoo.mlp(20, 64, 64, 2), Shape.of(20), batch, 0.1);
      default -> throw new IllegalArgumentException("'" + name + "' is none of " + names());
    };
  }

  private static Workload of(String name, Layer net, Shape example, int batch, double epsilon) {
    Rng rng = Rng.of(1);
    Model fresh = Model.init(net, example, rng.at("weights"));
    Model model = fresh.with(observed(fresh.params(), rng.at("statistics")));
    Shape shape = Shape.of(batch).concat(example);
    Tensor images = Tensor.uniform(shape, 0, 1, rng.at("images"));
    int classes = classes(model, shape);
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = rng.at("labels").below(i, classes);
    }
    return new Workload(name, model, images, labels, epsilon);
  }

  /** Means in −0.1 … 0.1 and variances in 0.5 … 1.5, as if batches had been seen. */
  private static Params observed(Params params, Rng rng) {
    Map<String, Tensor> buffers = new LinkedHashMap<>();
    params
        .buffers()
        .forEach(
            (name, t) -> {
              boolean mean = name.endsWith("mean");
              float low = mean ? -0.1f : 0.5f;
              float high = mean ? 0.1f : 1.5f;
              buffers.put(name, Tensor.uniform(t.shape(), low, high, rng.at(name)));
            });
    return new Params(params.weights(), buffers);
  }

  /** The same with batch normalisation folded into the convolutions before it. */
  public Workload folded() {
    return new Workload(name, model.folded(), images, labels, epsilon);
  }

  /** The same on a device. */
  public Workload on(Device device) {
    return new Workload(name, model.on(device), images, labels, epsilon);
  }

  private static int classes(Model model, Shape images) {
    return model.logits(Cell.of("x", images).var()).shape().dim(1); // nothing is computed
  }

  /** How many classes the network tells apart. */
  public int classes() {
    return classes(model, images.shape());
  }

  public int batch() {
    return labels.length;
  }

  /** How far a step of the attack goes: 0.01 for ε = 0.3, as Madry et al. 2018 have it. */
  public double stepSize() {
    return epsilon / 30;
  }

  /** Projected gradient descent from the images themselves. */
  public Pgd attack(int steps) {
    return Pgd.in(Ball.linf(epsilon)).start(Start.INPUT).steps(steps).stepSize(stepSize());
  }

  /** What the attack makes of the images. */
  public Tensor attacked(int steps) {
    Goal goal = Goal.untargeted(labels);
    return attack(steps).perturb(model, images, goal, Seeds.of(1, labels.length));
  }

  /** The mean cross-entropy of these images with the labels. */
  public double loss(Tensor x) {
    return Loss.crossEntropy(model.logits(Var.constant(x)), labels).mean().value().item();
  }

  @Override
  public String toString() {
    return name;
  }
}
