package dev.bagel.adversarial.auto;

import dev.bagel.nn.Model;
import dev.bagel.nn.Objective;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Trainer;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Small pictures of a bright spot on a noisy ground: in which of five places is it? */
public record Blobs(int size, Rng rng) implements Dataset {
  public static final int SIDE = 10;
  private static final int[][] PLACES = {{2, 2}, {2, 7}, {7, 2}, {7, 7}, {5, 5}};

  /** Pictures that nobody has learned from. */
  public static Blobs test(int size) {
    return new Blobs(size, Rng.of(2));
  }

  /** A small conv-net that has learned what they show. */
  public static Model learned(Objective objective) {
    Layer net =
        Layer.sequential(
            Layer.conv(1, 8, 3),
            Layer.relu(),
            Layer.maxPool(2),
            Layer.flatten(),
            Layer.dense(8 * 4 * 4, 5));
    return Trainer.of(objective, Optimizer.adam(0.01))
        .epochs(4)
        .batch(50)
        .seed(9)
        .fit(Model.init(net, Shape.of(1, SIDE, SIDE), Rng.of(4)), new Blobs(1000, Rng.of(1)))
        .model();
  }

  @Override
  public String name() {
    return "blobs";
  }

  @Override
  public Shape example() {
    return Shape.of(1, SIDE, SIDE);
  }

  @Override
  public List<String> classNames() {
    return List.of("a", "b", "c", "d", "e");
  }

  @Override
  public int label(int i) {
    return i % PLACES.length;
  }

  @Override
  public Batch batch(int... rows) {
    float[] x = new float[rows.length * SIDE * SIDE];
    int[] labels = Arrays.stream(rows).map(this::label).toArray();
    for (int r = 0; r < rows.length; r++) {
      Rng one = rng.at(rows[r]);
      int[] place = PLACES[labels[r]];
      for (int j = 0; j < SIDE * SIDE; j++) {
        int dy = j / SIDE - place[0];
        int dx = j % SIDE - place[1];
        double v = 0.25 + 0.5 * Math.exp(-(dx * dx + dy * dy) / 3.0) + 0.1 * one.gaussian(j);
        x[r * SIDE * SIDE + j] = (float) Math.min(1, Math.max(0, v));
      }
    }
    return new Batch(Tensor.of(Shape.of(rows.length, 1, SIDE, SIDE), x), labels);
  }
}
