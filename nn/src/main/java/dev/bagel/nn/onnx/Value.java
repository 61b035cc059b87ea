package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * What flows along an edge of a file's graph while it is traced: {@link Numbers} that are known
 * now, or a variable.
 */
sealed interface Value permits Numbers, Value.Traced {
  Element element();

  Shape shape();

  /** This as floats. */
  Var var();

  /** Data moved by {@code f}, which repeats, drops and reorders elements and computes nothing. */
  Value moved(UnaryOperator<Var> f);

  /**
   * A variable: floats; or whole numbers and truth values that depend on the input, held as floats,
   * which are exact up to 2²⁴.
   */
  record Traced(Element element, Var var) implements Value {
    @Override
    public Shape shape() {
      return var.shape();
    }

    @Override
    public Traced moved(UnaryOperator<Var> f) {
      return new Traced(element, f.apply(var));
    }

    /** Another variable of the same type. */
    Traced with(Var other) {
      return new Traced(element, other);
    }

    /** Whether the elements are known now and depend on nothing. */
    boolean isConstant() {
      return !var.isRecorded();
    }
  }

  /** Floats that are known. */
  static Value real(Element element, Tensor t) {
    return new Traced(element, Var.constant(t));
  }

  /** A variable as a value of type {@code element}; what is whole and known becomes numbers. */
  static Value of(Element element, Var v) {
    if (element.isReal() || v.isRecorded()) {
      return new Traced(element, v);
    }
    long[] data = new long[v.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = element.narrow((long) v.value().get(i));
    }
    return new Numbers(element, v.shape(), data);
  }
}
