package dev.bagel.nn.onnx.export;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.bagel.autodiff.BinaryOp;
import dev.bagel.autodiff.Concat;
import dev.bagel.autodiff.Convolution;
import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Detach;
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
import dev.bagel.autodiff.Scatter;
import dev.bagel.autodiff.UnaryOp;
import dev.bagel.autodiff.Var;
import dev.bagel.autodiff.Where;
import dev.bagel.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The table of operators: what each member of the family {@link Op} is in ONNX, opset 17. Those
 * that ONNX has a better operator for together with their neighbours are in {@link Fusions}, too.
 */
final class Operators {
  private static final Rule GRADIENT = Rule.none("it is part of a gradient, and not of a model");
  private static final Rule ATTACK = Rule.none("it is part of an attack, and not of a model");

  private static final Map<Object, Rule> TABLE = new HashMap<>();

  static {
    unary();
    binary();
    shapes();
    windows();
    others();
  }

  private Operators() {}

  /** The rule for an operation. */
  static Rule rule(Op op) {
    return rule(op instanceof Enum<?> ? op : op.getClass());
  }

  /**
   * The rule for a member of the family: the constant of an enumeration, or the class of a record.
   */
  static Rule rule(Object member) {
    Rule rule = TABLE.get(member);
    if (rule == null) {
      throw new IllegalStateException("operation " + member + " without a line in Operators");
    }
    return rule;
  }

  private static void unary() {
    TABLE.put(UnaryOp.COPY, Rule.nodes((out, y, x) -> x.get(0)));
    TABLE.put(UnaryOp.NEG, Rule.node("Neg"));
    TABLE.put(UnaryOp.ABS, Rule.node("Abs"));
    TABLE.put(UnaryOp.SIGN, Rule.node("Sign"));
    TABLE.put(UnaryOp.STEP, Rule.nodes((out, y, x) -> number(out, positive(out, x.get(0)))));
    TABLE.put(UnaryOp.FLOOR, Rule.node("Floor"));
    TABLE.put(UnaryOp.RELU, Rule.node("Relu"));
    TABLE.put(UnaryOp.EXP, Rule.node("Exp"));
    TABLE.put(
        UnaryOp.EXPM1,
        Rule.nodes((out, y, x) -> out.node("Sub", List.of(out.node("Exp", x), out.number(1)))));
    TABLE.put(UnaryOp.LOG, Rule.node("Log"));
    TABLE.put(
        UnaryOp.LOG1P,
        Rule.nodes(
            (out, y, x) ->
                out.node("Log", List.of(out.node("Add", List.of(x.get(0), out.number(1)))))));
    TABLE.put(UnaryOp.SQRT, Rule.node("Sqrt"));
    TABLE.put(UnaryOp.SIN, Rule.node("Sin"));
    TABLE.put(UnaryOp.COS, Rule.node("Cos"));
    TABLE.put(UnaryOp.TANH, Rule.node("Tanh"));
    TABLE.put(UnaryOp.SIGMOID, Rule.node("Sigmoid"));
    TABLE.put(UnaryOp.SOFTPLUS, Rule.node("Softplus"));
    TABLE.put(UnaryOp.ERF, Rule.node("Erf"));
  }

  private static void binary() {
    TABLE.put(BinaryOp.ADD, Rule.node("Add"));
    TABLE.put(BinaryOp.SUB, Rule.node("Sub"));
    TABLE.put(BinaryOp.MUL, Rule.node("Mul"));
    TABLE.put(BinaryOp.DIV, Rule.node("Div"));
    TABLE.put(BinaryOp.MAX, Rule.node("Max"));
    TABLE.put(BinaryOp.MIN, Rule.node("Min"));
    TABLE.put(BinaryOp.POW, Rule.node("Pow"));
    TABLE.put(
        BinaryOp.AT_LEAST, Rule.nodes((out, y, x) -> number(out, out.node("GreaterOrEqual", x))));
    TABLE.put(
        Where.class,
        Rule.nodes(
            (out, y, x) ->
                out.node("Where", List.of(out.cast(x.get(0), DataType.BOOL), x.get(1), x.get(2)))));
  }

  private static void shapes() {
    TABLE.put(Linear.Reshape.class, Rule.nodes(Shapes::reshape));
    TABLE.put(Linear.BroadcastTo.class, Rule.nodes(Shapes::broadcastTo));
    TABLE.put(Linear.SumTo.class, Rule.nodes(Shapes::sumTo));
    TABLE.put(MaxTo.class, Rule.nodes(Shapes::maxTo));
    TABLE.put(Linear.Permute.class, Rule.nodes(Shapes::permute));
    TABLE.put(Linear.Slice.class, Rule.nodes(Shapes::slice));
    TABLE.put(Linear.Place.class, Rule.nodes(Shapes::place));
    TABLE.put(
        Concat.class,
        Rule.nodes(
            (out, y, x) -> out.node("Concat", x, Attributes.of("axis", ((Concat) y.op()).axis()))));
  }

  private static void windows() {
    TABLE.put(Convolution.Forward.class, Rule.nodes(Windows::conv));
    TABLE.put(Convolution.ToInput.class, Rule.nodes(Windows::convTranspose));
    TABLE.put(Convolution.ToFilter.class, GRADIENT);
    TABLE.put(Linear.MeanTake.class, Rule.nodes(Windows::meanPool));
    TABLE.put(Linear.MeanPut.class, GRADIENT);
    TABLE.put(MaxPool.Take.class, Rule.nodes(Windows::maxPool));
    TABLE.put(MaxPool.Put.class, GRADIENT);
  }

  private static void others() {
    TABLE.put(MatMul.class, Rule.nodes(Operators::matmul));
    TABLE.put(
        LogSoftmax.class,
        Rule.nodes((out, y, x) -> out.node("LogSoftmax", x, Attributes.of("axis", -1))));
    TABLE.put(OneHot.class, Rule.nodes(Operators::oneHot));
    TABLE.put(Gather.class, Rule.nodes(Operators::gather));
    TABLE.put(Scatter.class, GRADIENT);
    TABLE.put(L1Threshold.class, ATTACK);
    TABLE.put(Largest.class, ATTACK);
    TABLE.put(Noise.class, Rule.none("a model in a file is not random"));
    TABLE.put(Detach.class, Rule.nodes((out, y, x) -> x.get(0)));
    TABLE.put(Custom.class, Rule.none("it is Java code, which no file holds"));
  }

  /** Whether x > 0, as BOOL. */
  static String positive(GraphDraft out, String x) {
    return out.node("Greater", List.of(x, out.number(0)));
  }

  /** 1 for true and 0 for false. */
  private static String number(GraphDraft out, String bool) {
    return out.cast(bool, DataType.FLOAT);
  }

  private static String matmul(GraphDraft out, Var y, List<String> x) {
    MatMul op = (MatMul) y.op();
    if (y.shape().rank() == 2 && (op.transA() || op.transB())) {
      return gemm(out, op, x);
    }
    String a = op.transA() ? transposed(out, y.args().get(0), x.get(0)) : x.get(0);
    String b = op.transB() ? transposed(out, y.args().get(1), x.get(1)) : x.get(1);
    return out.node("MatMul", List.of(a, b));
  }

  /** A product of matrices, with a third operand that is added if there is one. */
  static String gemm(GraphDraft out, MatMul op, List<String> operands) {
    Attributes a = op.transA() ? Attributes.of("transA", 1) : Attributes.NONE;
    return out.node("Gemm", operands, op.transB() ? a.and("transB", 1) : a);
  }

  private static String transposed(GraphDraft out, Var v, String x) {
    int[] order = v.shape().rank() == 2 ? new int[] {1, 0} : new int[] {0, 2, 1};
    return out.node("Transpose", List.of(x), Attributes.of("perm", order));
  }

  /**
   * [x] = [0, 1, …, K−1]: what is not among them equals none, as OneHot of ONNX would not have it.
   */
  private static String oneHot(GraphDraft out, Var y, List<String> x) {
    Tensor labels = Tensor.ofInts(IntStream.range(0, ((OneHot) y.op()).k()).toArray());
    String whole = out.node("Floor", x);
    String column = out.node("Unsqueeze", List.of(whole, out.longs("axes", -1)));
    return number(out, out.node("Equal", List.of(column, out.constant("labels", labels))));
  }

  /**
   * GatherElements knows no place outside, where we read 0: those read place 0 and are replaced.
   */
  private static String gather(GraphDraft out, Var y, List<String> x) {
    Var from = y.args().get(0);
    String places = out.node("Unsqueeze", List.of(x.get(1), out.longs("axes", 1))); // [n, 1, Q]
    String low = out.node("GreaterOrEqual", List.of(places, out.number(0)));
    String high = out.node("Less", List.of(places, out.number(from.shape().dim(2))));
    String inside = out.node("And", List.of(low, high));
    String safe = out.node("Where", List.of(inside, places, out.number(0)));
    Lengths n = out.lengths(y.args().get(1));
    Lengths one = new Lengths(List.of(n.axis(0), new Lengths.Axis(1, false), n.axis(1)));
    String each = Shapes.expand(out, safe, one, out.lengths(y));
    String read =
        out.node(
            "GatherElements",
            List.of(x.get(0), out.cast(each, DataType.INT64)),
            Attributes.of("axis", 2));
    return out.node("Where", List.of(inside, read, out.number(0)));
  }
}
