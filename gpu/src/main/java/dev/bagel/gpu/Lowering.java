package dev.bagel.gpu;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Concat;
import dev.bagel.autodiff.Convolution;
import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.DeviceException;
import dev.bagel.autodiff.Gather;
import dev.bagel.autodiff.L1Threshold;
import dev.bagel.autodiff.Largest;
import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.LogSoftmax;
import dev.bagel.autodiff.MatMul;
import dev.bagel.autodiff.MaxPool;
import dev.bagel.autodiff.MaxTo;
import dev.bagel.autodiff.Noise;
import dev.bagel.autodiff.OneHot;
import dev.bagel.autodiff.Op;
import dev.bagel.autodiff.Operand;
import dev.bagel.autodiff.Program;
import dev.bagel.autodiff.Scatter;
import dev.bagel.autodiff.Stage;
import dev.bagel.gpu.Descriptors.When;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a program as descriptors. The table says how each member of the family is written. */
final class Lowering {
  /** How an operation is written. */
  private interface Rule<T extends Op> {
    void write(Lowering to, T op, Operand y, List<Operand> x, int chain);
  }

  private static final Map<Class<? extends Op>, Rule<Op>> RULES = new LinkedHashMap<>();

  static {
    rule(MatMul.class, Lowering::matmul);
    rule(
        Convolution.Forward.class,
        (to, op, y, x, chain) ->
            to.products.conv(op.g(), to.at(x, 0), to.at(x, 1), to.at(y), chain));
    rule(
        Convolution.ToInput.class,
        (to, op, y, x, chain) ->
            to.products.convInput(op.g(), to.at(x, 0), to.at(x, 1), to.at(y), chain));
    rule(
        Convolution.ToFilter.class,
        (to, op, y, x, chain) ->
            to.products.convFilter(op.g(), to.at(x, 0), to.at(x, 1), to.at(y)));
    rule(
        MaxPool.Take.class,
        (to, op, y, x, chain) ->
            to.window(Code.MAX_TAKE, op.g(), to.at(x, 0), to.at(x, 1), to.at(y), chain));
    rule(
        MaxPool.Put.class,
        (to, op, y, x, chain) ->
            to.window(Code.MAX_PUT, op.g(), to.at(x, 0), to.at(x, 1), to.at(y), chain));
    rule(
        Linear.MeanTake.class,
        (to, op, y, x, chain) ->
            to.window(Code.MEAN_TAKE, op.g(), 0, to.at(x, 0), to.at(y), chain));
    rule(
        Linear.MeanPut.class,
        (to, op, y, x, chain) -> to.window(Code.MEAN_PUT, op.g(), 0, to.at(x, 0), to.at(y), chain));
    rule(Linear.SumTo.class, (to, op, y, x, chain) -> to.reduce(0, x.get(0), y));
    rule(MaxTo.class, (to, op, y, x, chain) -> to.reduce(1, x.get(0), y));
    rule(Linear.BroadcastTo.class, Lowering::read);
    rule(Linear.Permute.class, Lowering::read);
    rule(Linear.Slice.class, Lowering::read);
    rule(
        Linear.Place.class,
        (to, op, y, x, chain) -> {
          to.body(Code.FILL, to.at(y), size(y));
          to.spread(x.get(0), to.at(y) + op.offset(), op.strides());
        });
    rule(Concat.class, Lowering::concat);
    rule(
        LogSoftmax.class,
        (to, op, y, x, chain) -> {
          int k = y.shape().dim(-1);
          to.body(Code.LOG_SOFTMAX, to.at(x, 0), to.at(y), size(y) / k, k);
        });
    rule(
        OneHot.class,
        (to, op, y, x, chain) -> to.body(Code.ONE_HOT, to.at(x, 0), to.at(y), size(y), op.k()));
    rule(
        Gather.class,
        (to, op, y, x, chain) -> to.choose(Code.GATHER, size(y), x, y, x.get(0).shape().dim(2)));
    rule(
        Scatter.class,
        (to, op, y, x, chain) -> to.choose(Code.SCATTER, y.shape().sub(0, 2).size(), x, y, op.p()));
    rule(L1Threshold.class, (to, op, y, x, chain) -> to.rows(Code.L1_THRESHOLD, x, y));
    rule(Largest.class, (to, op, y, x, chain) -> to.rows(Code.LARGEST, x, y));
    rule(Noise.class, Lowering::noise);
  }

  @SuppressWarnings("unchecked") // a rule is asked for the class that it was entered for
  private static <T extends Op> void rule(Class<T> op, Rule<T> rule) {
    RULES.put(op, (Rule<Op>) rule);
  }

  /** The operations that can be written. */
  static Set<Class<? extends Op>> operations() {
    return RULES.keySet();
  }

  private final Descriptors out = new Descriptors();
  private final Layout layout;
  private final float[] memory;
  private final ProductCode products;
  private final int outputs;

  /**
   * Writes all of a program.
   *
   * @param memory the device's memory, at the beginning of which the arena lies
   * @param groups how many groups of work items there will be
   * @throws DeviceException if an operation cannot be written
   */
  Lowering(Program program, Layout layout, float[] memory, int groups) {
    this.layout = layout;
    this.memory = memory;
    products = new ProductCode(out, groups);
    out.pass(
        When.PROLOGUE, Code.LOAD_WEIGHTS, layout.constants().from(), layout.constants().length());
    out.pass(When.PROLOGUE, Code.LOAD_CELLS, layout.cells().from(), layout.cells().length());
    program.stages(memory).forEach(this::stage);
    int at = 0;
    for (Cell c : program.updated()) {
      at = output(layout.place(c), c.shape().size(), at);
    }
    for (Operand o : program.outputs(memory)) {
      at = output(at(o), size(o), at);
    }
    outputs = at;
  }

  private int output(int from, int length, int to) {
    out.pass(When.EPILOGUE, Code.STORE_OUTPUT, from, length, to);
    return to + length;
  }

  Descriptors descriptors() {
    return out;
  }

  /** How many elements of parts of sums there are at most. */
  int partial() {
    return products.partial();
  }

  /** How many elements go back: updated cells and outputs, one after the other. */
  int outputs() {
    return outputs;
  }

  private void stage(Stage s) {
    int chain =
        s.chain() == null ? 0 : ChainCode.of(s.chain(), out, span -> layout.place(span, memory));
    if (s.head() == null) {
      body(Code.CHAIN, s.chain().size(), chain);
      return;
    }
    Rule<Op> rule = RULES.get(s.head().getClass());
    if (rule == null) {
      throw new DeviceException(
          "operation '"
              + s.head().label()
              + (s.head() instanceof Custom
                  ? "' is Java code, which a device does not run"
                  : "' is not known on this device")
              + ": take the device cpu");
    }
    rule.write(this, s.head(), s.y(), s.x(), chain);
  }

  private void body(int... descriptor) {
    out.pass(When.BODY, descriptor);
  }

  private int at(Operand o) {
    return layout.place(o.span(), memory);
  }

  private int at(List<Operand> x, int i) {
    return at(x.get(i));
  }

  private static int size(Operand o) {
    return o.shape().size();
  }

  private void matmul(MatMul op, Operand y, List<Operand> x, int chain) {
    Operand a = x.get(0);
    Operand b = x.get(1);
    products.matmul(op, a.shape(), at(a), b.shape(), at(b), y.shape(), at(y), chain);
  }

  private void window(int code, Window g, int selector, int x, int y, int chain) {
    body(
        code,
        selector,
        x,
        y,
        g.n() * g.c(),
        g.h(),
        g.w(),
        g.kh(),
        g.kw(),
        g.strideY(),
        g.strideX(),
        g.oh(),
        g.ow(),
        g.top(),
        g.left(),
        g.bottom(),
        g.right(),
        g.countPadding() ? 1 : 0,
        chain);
  }

  /** Axes that are kept make the outputs, the others are walked for each. */
  private void reduce(int max, Operand x, Operand y) {
    int[] strides = x.shape().strides();
    int[] small = y.shape().broadcastStrides(x.shape());
    List<Integer> kept = new ArrayList<>();
    List<Integer> reduced = new ArrayList<>();
    for (int axis = 0; axis < strides.length; axis++) {
      if (x.shape().dim(axis) != 1) {
        (small[axis] == 0 ? reduced : kept).add(axis);
      }
    }
    int outputs = size(y);
    int inner = outputs == 0 ? 0 : size(x) / outputs;
    body(
        outputs * 16 < size(x) && inner >= Machine.GROUP ? Code.REDUCE_BY_GROUP : Code.REDUCE,
        max,
        at(x),
        at(y),
        outputs,
        inner,
        walk(x.shape(), strides, kept),
        walk(x.shape(), strides, reduced));
  }

  private int walk(Shape s, int[] strides, List<Integer> axes) {
    int[] dims = axes.stream().mapToInt(s::dim).toArray();
    return ChainCode.walk(
        out, Pointwise.Walk.of(dims, axes.stream().mapToInt(a -> strides[a]).toArray()));
  }

  private void read(Linear.Reading op, Operand y, List<Operand> x, int chain) {
    Pointwise copy = new Pointwise(y.shape().toArray());
    copy.output(op.read(copy, x.get(0)), y.span());
    body(Code.CHAIN, copy.size(), ChainCode.of(copy, out, span -> layout.place(span, memory)));
  }

  private void spread(Operand x, int to, int[] strides) {
    Pointwise.Walk walk = Pointwise.Walk.of(x.shape().toArray(), strides);
    body(Code.SPREAD, at(x), to, size(x), ChainCode.walk(out, walk));
  }

  private void concat(Concat op, Operand y, List<Operand> x, int chain) {
    int[] strides = y.shape().strides();
    int to = at(y);
    for (Operand part : x) {
      spread(part, to, strides);
      to += part.shape().dim(op.axis()) * strides[op.axis()];
    }
  }

  private void choose(int code, int n, List<Operand> x, Operand y, int p) {
    Shape places = x.get(1).shape();
    int shared = places.dim(0) == 1 ? 1 : 0;
    int c = y.shape().dim(1);
    body(code, at(x, 0), at(x, 1), at(y), n, c, p, places.dim(1), shared);
  }

  private void rows(int code, List<Operand> x, Operand y) {
    Shape s = x.get(0).shape();
    body(code, at(x, 0), at(x, 1), at(y), s.dim(0), s.dim(1));
  }

  private void noise(Noise op, Operand y, List<Operand> x, int chain) {
    int streams = Math.max(1, size(x.get(0)) / 4);
    long tag = Rng.tag(op.purpose());
    body(
        Code.NOISE,
        op.of() == Noise.Of.GAUSSIAN ? 1 : 0,
        at(x, 0),
        at(y),
        size(y),
        Math.max(1, size(y) / streams),
        (int) (tag >>> 32),
        (int) tag);
  }
}
