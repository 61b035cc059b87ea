package dev.bagel.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.Start;
import dev.bagel.autodiff.Device;
import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.FashionMnist;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Params;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network, images, and PGD on them. Where nothing else is said, weights and images are random.
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

  /** Trained for 30 steps; images of Fashion-MNIST. */
  static Victim trainedMadry(int batch) {
    Dataset some = FashionMnist.embedded(Split.TRAIN).slice(0, 1500);
    Model model =
        Trainer.of(Objective.crossEntropy(), Optimizer.adam(1e-3))
            .epochs(1)
            .batch(50)
            .seed(1)
            .fit(madry(1).model, some, some.slice(0, 50))
            .model();
    Batch images = FashionMnist.embedded(Split.TEST).slice(0, batch).all();
    return new Victim("Madry's net, trained", model, images.x(), images.labels(), 0.1);
  }

  /** Trained by others, for CIFAR-10; skips the test where the data are not here. */
  static Victim publishedResnet20(int batch) throws IOException {
    Model model = Onnx.read(data("models/resnet20_cifar10.onnx"));
    String file = data("cifar10/test_first1000.bin").toString();
    Batch images = Datasets.open(file, Split.TEST).slice(0, batch).all();
    return new Victim("ResNet-20, published", model, images.x(), images.labels(), 8 / 255.0);
  }

  private static Path data(String path) {
    String root = System.getProperty("bagel.data", System.getenv("BAGEL_DATA"));
    assumeTrue(root != null, "no data: neither -Dbagel.data nor BAGEL_DATA is set");
    Path at = Path.of(root, path);
    assumeTrue(Files.exists(at), "no data: " + at + " is missing");
    return at;
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

  /** What PGD makes of the images: from a random start, by steps that go as far as 4/3 ε in all. */
  Tensor attacked(long seed, int steps) {
    Pgd pgd = Pgd.in(Ball.linf(epsilon)).steps(steps);
    return pgd.perturb(model, images, Goal.untargeted(labels), Seeds.of(seed, labels.length));
  }

  /** The same from the images themselves, in steps of ε/30. */
  Tensor attacked(int steps) {
    return attacked(images, steps);
  }

  /** Where such steps lead from some points. */
  Tensor attacked(Tensor from, int steps) {
    Pgd pgd = Pgd.in(Ball.linf(epsilon)).start(Start.at(from)).steps(steps).stepSize(stepSize());
    return pgd.perturb(model, images, Goal.untargeted(labels), Seeds.of(1, labels.length));
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
