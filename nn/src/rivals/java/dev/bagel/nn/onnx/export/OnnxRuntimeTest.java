package dev.bagel.nn.onnx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.MaxPool;
import dev.bagel.autodiff.OpCase;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.RandomGraph;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What we write, as ONNX Runtime reads it: logits are 1e-5 apart at most, in terms of the largest.
 *
 * <pre>
 *   mvn -Privals -pl nn -am verify -Dtest=OnnxRuntimeTest -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>prints a row for every net of the zoo and for the files of others that are there.
 */
@ExtendWith(Seeded.class)
class OnnxRuntimeTest {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  static List<Zoo.Entry> zoo() {
    return Zoo.all();
  }

  static List<Models.Net> small() {
    return Models.small();
  }

  static List<OpCase> rows() {
    return OpCase.all();
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void theNetsOfTheZooHaveTheSameLogits(Zoo.Entry entry, Rng rng) throws OrtException {
    System.out.println(agreement(Models.of(entry), rng, 1, 2, 7, 32));
  }

  @ParameterizedTest
  @MethodSource("small")
  void smallNetsHaveTheSameLogits(Models.Net net, Rng rng) throws OrtException {
    agreement(net, rng, 1, 2, 5);
  }

  @ParameterizedTest
  @MethodSource("dev.bagel.nn.onnx.export.Models#files")
  void filesOfOthersHaveTheSameLogitsWhenTheyAreWrittenAgain(String path, Rng rng)
      throws IOException, OrtException {
    Model read = Onnx.read(Models.data(path));
    System.out.println(agreement(new Models.Net(path, read), rng, 1, 3));
  }

  @BeforeAll
  static void heading() {
    System.out.println("| model | opset | bytes | inputs | relative | absolute | largest logit |");
    System.out.println("|---|---|---|---|---|---|---|");
  }

  private static String agreement(Models.Net net, Rng rng, int... batches) throws OrtException {
    ModelProto proto = OnnxWriter.proto(ModelFile.of(net.model()));
    byte[] file = proto.toByteArray();
    Difference worst = Difference.NONE;
    try (OrtSession session = ENVIRONMENT.createSession(file)) {
      for (int n : batches) {
        Tensor x = Tensor.uniform(Shape.of(n).concat(net.model().example()), 0, 1, rng.at(n));
        Var ours = net.model().logits(Var.constant(x));
        Difference d = Difference.of(ours.value(), run(session, Map.of("input", x)));
        assertTrue(d.relative() < 1e-5, net + " for " + n + " inputs: " + d);
        worst = worst.relative() <= d.relative() ? d : worst;
      }
    }
    return "| %s | %d | %,d | %s | %.1e | %.1e | %.3g |"
        .formatted(
            net,
            proto.getOpsetImport(0).getVersion(),
            file.length,
            Arrays.toString(batches),
            worst.relative(),
            worst.absolute(),
            worst.largest());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyOperationThatIsWrittenGivesTheSameNumbers(OpCase c, Rng rng) throws OrtException {
    if (Operators.rule(c.op()) instanceof Rule.None) {
      return;
    }
    List<Tensor> x = c.draw().apply(rng);
    if (c.member() == MaxPool.Take.class) {
      return; // as a layer it is among the nets; chosen by another tensor it is refused
    }
    List<Cell> cells = cells(x);
    same(cells, c.of(cells.stream().map(Cell::var).toList()), 1e-5);
  }

  @Test
  void randomGraphsGiveTheSameNumbers(Rng rng) throws OrtException {
    for (int i = 0; i < 200; i++) {
      List<Cell> cells = cells(RandomGraph.leaves(rng.at(i)));
      RandomGraph graph = new RandomGraph(rng.at(i).at(1), cells.stream().map(Cell::var).toList());
      graph.grow(12);
      try {
        Var[] flat = graph.some(4).stream().map(v -> v.reshape(v.size())).toArray(Var[]::new);
        same(cells, Var.concat(0, flat), 1e-4);
      } catch (IllegalArgumentException e) {
        assertTrue(e.getMessage().contains("scatter"), e.getMessage());
      }
    }
  }

  private static List<Cell> cells(List<Tensor> x) {
    List<Cell> cells = new ArrayList<>();
    for (Tensor t : x) {
      cells.add(Cell.of("x" + cells.size(), t));
    }
    return cells;
  }

  private static void same(List<Cell> cells, Var y, double tolerance) throws OrtException {
    Plan plan = Plan.of(y);
    plan.run();
    Tensor ours = plan.value(0);
    byte[] file = OnnxWriter.proto(Trace.of(cells, y)).toByteArray();
    Map<String, Tensor> x = new LinkedHashMap<>();
    cells.forEach(c -> x.put(c.name(), c.get()));
    try (OrtSession session = ENVIRONMENT.createSession(file)) {
      double error = error(ours, run(session, x));
      assertTrue(error < tolerance || jumps(cells, plan, ours, tolerance), y + ": " + error);
    }
  }

  /**
   * Whether the result jumps when the inputs move by a rounding, as floor does at a whole number.
   */
  private static boolean jumps(List<Cell> cells, Plan plan, Tensor y, double tolerance) {
    boolean jumps = false;
    for (float factor : new float[] {1 - 1e-6f, 1 + 1e-6f}) {
      cells.forEach(c -> c.set(c.get().mul(factor)));
      plan.run();
      jumps |= error(plan.value(0), y.toArray()) > tolerance;
    }
    return jumps;
  }

  private static float[] run(OrtSession session, Map<String, Tensor> x) throws OrtException {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> e : x.entrySet()) {
      long[] dims = Arrays.stream(e.getValue().shape().toArray()).asLongStream().toArray();
      inputs.put(
          e.getKey(),
          OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(e.getValue().toArray()), dims));
    }
    try (OrtSession.Result result = session.run(inputs)) {
      FloatBuffer y = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] numbers = new float[y.remaining()];
      y.get(numbers);
      return numbers;
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static double error(Tensor ours, float[] theirs) {
    return Difference.of(ours, theirs).relative();
  }

  /**
   * How far apart results are.
   *
   * @param absolute the largest difference
   * @param largest the largest of our numbers
   */
  private record Difference(double absolute, double largest) {
    static final Difference NONE = new Difference(0, 0);

    static Difference of(Tensor ours, float[] theirs) {
      assertEquals(ours.size(), theirs.length);
      double absolute = 0;
      double largest = 0;
      for (int i = 0; i < theirs.length; i++) {
        largest = Math.max(largest, Math.abs(ours.get(i)));
        double d = Math.abs(ours.get(i) - theirs[i]);
        absolute = Math.max(absolute, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
      }
      return new Difference(absolute, largest);
    }

    /** In terms of the largest number, or of 1. */
    double relative() {
      return absolute / Math.max(1, largest);
    }
  }
}
