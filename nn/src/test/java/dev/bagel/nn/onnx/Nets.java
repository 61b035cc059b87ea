package dev.bagel.nn.onnx;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;

/** Small networks as exporters write them. */
final class Nets {
  private Nets() {}

  private static Tensor random(Rng rng, String name, int... dims) {
    return Tensor.gaussian(Shape.of(dims), rng.at(name)).mul(0.3f);
  }

  /** Convolutions with batch normalisation and a shortcut: [1, 3, 8, 8] → [1, 4]. */
  static Written convolutional(Rng rng) {
    Written f =
        Written.file(13)
            .input("x", 1, 3, 8, 8)
            .tensor("c1", random(rng, "c1", 4, 3, 3, 3))
            .tensor("b1", random(rng, "b1", 4))
            .tensor("gain", random(rng, "gain", 4).add(Tensor.scalar(1)))
            .tensor("shift", random(rng, "shift", 4))
            .tensor("mean", random(rng, "mean", 4))
            .tensor("var", random(rng, "var", 4).square().add(Tensor.scalar(0.5f)))
            .tensor("c2", random(rng, "c2", 4, 4, 3, 3))
            .tensor("w", random(rng, "w", 4, 16))
            .tensor("b", random(rng, "b", 4))
            .numbers("flat", 1, -1);
    long[] ones = {1, 1, 1, 1};
    f.node("Conv", "x, c1, b1 -> h1", "pads", ones);
    f.node("BatchNormalization", "h1, gain, shift, mean, var -> n", "epsilon", 1e-3f);
    f.node("Relu", "n -> r").node("Conv", "r, c2 -> h2", "pads", ones);
    f.node("Add", "h2, r -> s")
        .node("MaxPool", "s -> p", "kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2});
    f.node(
        "AveragePool", "p -> a", "kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2});
    f.node("Dropout", "a -> d").node("Reshape", "d, flat -> l");
    return f.node("Gemm", "l, w, b -> y", "transB", 1L).output("y");
  }

  /** Image, patches, a class token, positions; attention with lengths that are written down. */
  static Written transformer(Rng rng, boolean open) {
    Written f =
        Written.file(17)
            .input("x", open ? -1 : 1, 3, 8, 8)
            .tensor("patch", random(rng, "patch", 6, 3, 4, 4))
            .tensor("token", random(rng, "token", 1, 1, 6))
            .tensor("positions", random(rng, "positions", 1, 5, 6))
            .tensor("gain", random(rng, "gain", 6))
            .tensor("shift", random(rng, "shift", 6))
            .tensor("qkv", random(rng, "qkv", 6, 18))
            .tensor("head", random(rng, "head", 6, 4))
            .numbers("flat", 1, 6, 4)
            .numbers("heads", 1, 5, 3, 2, 3)
            .numbers("back", 1, 5, 6)
            .numbers("zero", 0)
            .numbers("one", 1)
            .numbers("split", 1, 1, 1);
    f.node("Conv", "x, patch -> p", "strides", new long[] {4, 4});
    f.node("Reshape", "p, flat -> pf").node("Transpose", "pf -> t", "perm", new long[] {0, 2, 1});
    f.node("Concat", "token, t -> c", "axis", 1L).node("Add", "c, positions -> e");
    f.node("LayerNormalization", "e, gain, shift -> n", "axis", -1L);
    f.node("MatMul", "n, qkv -> m").node("Reshape", "m, heads -> h");
    f.node("Transpose", "h -> ht", "perm", new long[] {2, 0, 3, 1, 4});
    f.node("Split", "ht, split -> qs, ks, vs", "axis", 0L);
    f.node("Squeeze", "qs, zero -> q").node("Squeeze", "ks, zero -> k");
    f.node("Squeeze", "vs, zero -> v")
        .node("Transpose", "k -> kt", "perm", new long[] {0, 1, 3, 2});
    f.node("MatMul", "q, kt -> s").node("Softmax", "s -> a", "axis", -1L);
    f.node("MatMul", "a, v -> o").node("Transpose", "o -> ot", "perm", new long[] {0, 2, 1, 3});
    f.node("Reshape", "ot, back -> ob").node("Add", "e, ob -> r").node("Gelu", "r -> g");
    f.node("Slice", "g, zero, one, one -> first").node("Squeeze", "first, one -> cls");
    return f.node("MatMul", "cls, head -> y").output("y");
  }

  /** Shapes that are computed, and padding as PyTorch writes it. */
  static Written shapes(Rng rng) {
    Written f =
        Written.file(13)
            .input("x", -1, 2, 4, 4)
            .tensor("w", random(rng, "w", 72, 2))
            .numbers("zero", 0)
            .numbers("rest", -1)
            .numbers("four", 4)
            .numbers("pads", 1, 1, 1, 1)
            .numbers("pairs", -1, 2)
            .numbers("last", -1)
            .numbers("beyond", Long.MIN_VALUE)
            .numbers("back", -1);
    f.node("ConstantOfShape", "four -> z", "value", Written.list(0));
    f.node("Concat", "pads, z -> list", "axis", 0L).node("Reshape", "list, pairs -> two");
    f.node("Slice", "two, last, beyond, zero, back -> turned");
    f.node("Transpose", "turned -> t", "perm", new long[] {1, 0}).node("Reshape", "t, rest -> p");
    f.node("Cast", "p -> by", "to", 7L).node("Pad", "x, by -> padded");
    f.node("Shape", "x -> s").node("Gather", "s, zero -> n", "axis", 0L);
    f.node("Concat", "n, rest -> to", "axis", 0L).node("Reshape", "padded, to -> r");
    return f.node("MatMul", "r, w -> y").output("y");
  }

  /** Sizes that are computed in floats. */
  static Written resizing(Rng rng) {
    Written f =
        Written.file(13)
            .input("x", 1, 2, 4, 4)
            .tensor("w", random(rng, "w", 3, 2, 1, 1))
            .tensor("scale", Tensor.scalar(1.5f))
            .numbers("two", 2)
            .numbers("end", 4)
            .numbers("zero", 0);
    f.node("Shape", "x -> s")
        .node("Slice", "s, two, end -> hw")
        .node("Slice", "s, zero, two -> nc");
    f.node("Cast", "hw -> f", "to", 1L).node("Mul", "f, scale -> g").node("Floor", "g -> h");
    f.node("Cast", "h -> i", "to", 7L).node("Concat", "nc, i -> sizes", "axis", 0L);
    f.node("Resize", "x, , , sizes -> r", "mode", "linear").node("Conv", "r, w -> c");
    return f.node("GlobalMaxPool", "c -> p").node("Flatten", "p -> y").output("y");
  }
}
