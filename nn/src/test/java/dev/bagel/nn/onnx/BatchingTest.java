package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.Model;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that was written for one input computes many, and none of them sees another. */
@ExtendWith(Seeded.class)
class BatchingTest {
  private static Tensor random(Rng rng, String name, int... dims) {
    return Tensor.gaussian(Shape.of(dims), rng.at(name));
  }

  /** Scores and gradients of many inputs at once are those of each. */
  private static void assertEachIsAlone(Model model, boolean atOnce, Rng rng) {
    assertEquals(atOnce, ((Imported) model.net()).computesManyAtOnce());
    Shape four = Shape.of(4).concat(model.example());
    Tensor x = Tensor.gaussian(four, rng.at("x"));
    Tensor all = model.scores(x);
    Tensor gradients = model.gradients(x, 0, 1, 0, 1);
    assertEquals(4, all.shape().dim(0));
    for (int i = 0; i < 4; i++) {
      Tensor one = model.scores(x.slice(i, i + 1));
      assertArrayEquals(one.toArray(), all.slice(i, i + 1).toArray(), 1e-5f);
      Tensor g = model.gradients(x.slice(i, i + 1), i % 2);
      assertArrayEquals(g.toArray(), gradients.slice(i, i + 1).toArray(), 1e-5f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1, -1", "1, 12", "-1, 12", "0, -1", "1, 1, 12", "-1, 3, 4"})
  void aReshapeForOneIsOneForMany(String target, Rng rng) throws IOException {
    String[] lengths = target.split(", ", -1);
    long[] to = new long[lengths.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = Long.parseLong(lengths[i]);
    }
    Written file = Written.file(13).input("x", 1, 3, 2, 2).numbers("to", to);
    file.tensor("w", random(rng, "w", to[to.length - 1] == 4 ? 4 : 12, 5));
    file.node("Reshape", "x, to -> r").node("MatMul", "r, w -> y").output("y");
    assertEachIsAlone(file.read(), true, rng);
  }

  /**
   * Image, patches, a class token for one, positions; attention with lengths that are written down.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTransformerForOneIsOneForMany(boolean open, Rng rng) throws IOException {
    assertEachIsAlone(Nets.transformer(rng, open).read(), true, rng);
  }

  /** PyTorch's attention: the sequence comes first, the batch is multiplied with the heads. */
  @Test
  void examplesMayLieAlongTheSecondAxis(Rng rng) throws IOException {
    Written f =
        Written.file(13)
            .input("x", 1, 5, 6)
            .tensor("w", random(rng, "w", 6, 6))
            .tensor("head", random(rng, "head", 30, 3))
            .numbers("split", 5, 2, 3)
            .numbers("join", 5, 1, 6)
            .numbers("flat", 1, 30);
    f.node("Transpose", "x -> s", "perm", new long[] {1, 0, 2}).node("MatMul", "s, w -> q");
    f.node("Reshape", "q, split -> h").node("Transpose", "h -> ht", "perm", new long[] {1, 0, 2});
    f.node("Transpose", "ht -> k", "perm", new long[] {0, 2, 1}).node("MatMul", "ht, k -> a");
    f.node("Softmax", "a -> p", "axis", -1L).node("MatMul", "p, ht -> o");
    f.node("Transpose", "o -> ot", "perm", new long[] {1, 0, 2}).node("Reshape", "ot, join -> j");
    f.node("Transpose", "j -> b", "perm", new long[] {1, 0, 2}).node("Reshape", "b, flat -> l");
    f.node("MatMul", "l, head -> y").output("y");
    assertEachIsAlone(f.read(), true, rng);
  }

  /** Shapes that are computed from the input's follow the batch by themselves. */
  @Test
  void shapesThatAreComputedFollow(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", -1, 3, 4, 4).tensor("w", random(rng, "w", 48, 2));
    f.numbers("zero", 0).numbers("rest", -1);
    f.node("Shape", "x -> s").node("Gather", "s, zero -> n", "axis", 0L);
    f.node("Concat", "n, rest -> to", "axis", 0L).node("Reshape", "x, to -> r");
    f.node("MatMul", "r, w -> y").output("y");
    assertEachIsAlone(f.read(), true, rng);
  }

  /** What would mix examples computes one after the other. */
  @ParameterizedTest
  @ValueSource(strings = {"squeeze", "index", "mean", "softmax", "count", "elements", "cumulate"})
  void whatWouldMixExamplesRunsOneByOne(String how, Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 1, 3, 4).tensor("w", random(rng, "w", 4, 2));
    f.numbers("zero", 0).numbers("flat", 1, 12);
    switch (how) {
      case "squeeze" -> f.node("Squeeze", "x, zero -> a").node("MatMul", "a, w -> y");
      case "index" -> f.node("Gather", "x, zero -> a", "axis", 0L).node("MatMul", "a, w -> y");
      case "mean" ->
          f.node("ReduceMean", "x -> a", "axes", new long[] {0, 1}).node("MatMul", "a, w -> y");
      case "softmax" ->
          f.node("Softmax", "x -> a", "axis", 0L)
              .node("MatMul", "a, w -> m")
              .node("Add", "m, m -> y");
      case "count" ->
          f.node("Size", "x -> n")
              .node("Cast", "n -> c", "to", 1L)
              .node("ReduceSum", "x -> s")
              .node("Div", "s, c -> m")
              .node("Add", "x, m -> a")
              .node("MatMul", "a, w -> y");
      case "elements" -> {
        f.graph.addInitializer(places());
        f.node("GatherElements", "x, places -> g", "axis", 2L)
            .node("Add", "x, g -> a")
            .node("MatMul", "a, w -> y");
      }
      default -> f.node("CumSum", "x, zero -> a").node("MatMul", "a, w -> y");
    }
    assertEachIsAlone(f.output("y").read(), false, rng);
  }

  private static ai.onnx.proto.OnnxMl.TensorProto places() {
    ai.onnx.proto.OnnxMl.TensorProto.Builder t =
        ai.onnx.proto.OnnxMl.TensorProto.newBuilder().setName("places").setDataType(7);
    t.addDims(1).addDims(3).addDims(4);
    for (int i = 0; i < 12; i++) {
      t.addInt64Data(i % 3);
    }
    return t.build();
  }

  /** A squeeze that names no axis leaves the batch, also of one. */
  @Test
  void aSqueezeOfEverythingLeavesTheBatch(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", -1, 3, 4, 4).tensor("w", random(rng, "w", 3, 2));
    f.node("GlobalAveragePool", "x -> p").node("Squeeze", "p -> s");
    f.node("MatMul", "s, w -> y").output("y");
    assertEachIsAlone(f.read(), true, rng);
  }

  @Test
  void aFileForFiveComputesTwoOrTen(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 5, 3, 4).numbers("to", 5, 12);
    f.tensor("w", random(rng, "w", 12, 2)).node("Reshape", "x, to -> r");
    f.node("MatMul", "r, w -> y").output("y");
    assertEachIsAlone(f.read(), true, rng);
  }

  @Test
  void aFileForFiveThatMixesThemTakesFive(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 5, 4);
    f.node("Softmax", "x -> s", "axis", 0L).node("Relu", "s -> y").output("y");
    Model model = f.read();
    assertEquals(Shape.of(10, 4), model.scores(random(rng, "x", 10, 4)).shape());
    ShapeException e =
        assertThrows(ShapeException.class, () -> model.scores(random(rng, "x", 4, 4)));
    assertTrue(e.getMessage().contains("5"), e.getMessage());
  }

  /** A single list is one input, as in the networks of the verification competition. */
  @Test
  void aListIsOneInput(Rng rng) throws IOException {
    Written f = Written.file(13).input("x", 4).tensor("w", random(rng, "w", 4, 3));
    f.node("MatMul", "x, w -> y").output("y");
    Model model = f.read();
    assertEquals(Shape.of(4), model.example());
    assertEquals(Shape.of(2, 3), model.scores(random(rng, "x", 2, 4)).shape());
  }
}
