package dev.bagel.nn.onnx;

import dev.bagel.autodiff.Var;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;

/**
 * Sums of products, written with a letter for each axis: {@code bij,bjk->bik} is a batch of
 * products of matrices. Operands are multiplied from left to right; what no later term needs is
 * summed at once.
 */
final class Einsum {
  private Einsum() {}

  /** An operand with the letters of its axes. */
  private record Term(String letters, Var x) {
    int length(char letter) {
      return x.shape().dim(letters.indexOf(letter));
    }

    Shape lengths(String of) {
      return Shape.of(of.chars().map(l -> length((char) l)).toArray());
    }

    /** The same with the axes in the order of {@code to}, which has the same letters. */
    Term ordered(String to) {
      return to.equals(letters)
          ? this
          : new Term(to, x.permute(to.chars().map(letters::indexOf).toArray()));
    }

    /** Summed over all axes whose letters are not among {@code kept}. */
    Term summed(String kept) {
      String rest = common(letters, kept);
      if (rest.equals(letters)) {
        return this;
      }
      int[] gone = letters.chars().filter(l -> rest.indexOf(l) < 0).map(letters::indexOf).toArray();
      return new Term(rest, x.sumAxes(gone).reshape(x.shape().without(gone)));
    }
  }

  static Var of(Call c) {
    String equation = c.attributes().text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2 || terms.length != c.count() || equation.contains(".")) {
      throw c.unknown("equation");
    }
    String result = sides.length == 2 ? sides[1] : implied(sides[0]);
    Term y = null;
    for (int i = 0; i < terms.length; i++) {
      Term t = term(terms[i], c.var(i));
      int batch = c.batchAxis(i);
      if (batch >= 0 && result.indexOf(terms[i].charAt(batch)) < 0) {
        c.mixes(i, batch);
      }
      StringBuilder later = new StringBuilder(result);
      for (int j = i + 1; j < terms.length; j++) {
        later.append(terms[j]);
      }
      y = y == null ? t.summed(later.toString()) : product(y, t, later.toString());
    }
    return y.summed(result).ordered(result).x;
  }

  private static Term term(String letters, Var x) {
    if (letters.length() != x.shape().rank()
        || letters.chars().distinct().count() != letters.length()) {
      throw new ShapeException("term %s of an operand %s", letters, x.shape());
    }
    return new Term(letters, x);
  }

  /** Without a right side, the result has the letters that appear once, in alphabetical order. */
  private static String implied(String left) {
    StringBuilder once = new StringBuilder();
    left.chars()
        .filter(l -> l != ',' && left.indexOf(l) == left.lastIndexOf(l))
        .sorted()
        .forEach(l -> once.append((char) l));
    return once.toString();
  }

  /** Both as batches of matrices, [shared, own, contracted] × [shared, contracted, own]. */
  private static Term product(Term a, Term b, String later) {
    Term left = a.summed(b.letters + later);
    Term right = b.summed(a.letters + later);
    String both = common(left.letters, right.letters);
    String shared = common(both, later);
    String contracted = without(both, shared);
    String rows = without(left.letters, both);
    String columns = without(right.letters, both);
    Shape batch = left.lengths(shared);
    int inner = left.lengths(contracted).size();
    if (!batch.equals(right.lengths(shared)) || inner != right.lengths(contracted).size()) {
      throw new ShapeException(
          "einsum: %s is %s and %s is %s", a.letters, a.x.shape(), b.letters, b.x.shape());
    }
    Shape m = left.lengths(rows);
    Shape n = right.lengths(columns);
    Var l = left.ordered(shared + rows + contracted).x.reshape(batch.size(), m.size(), inner);
    Var r = right.ordered(shared + contracted + columns).x.reshape(batch.size(), inner, n.size());
    return new Term(shared + rows + columns, l.matmul(r).reshape(batch.concat(m).concat(n)));
  }

  private static String common(String a, String b) {
    return filtered(a, b, true);
  }

  private static String without(String a, String b) {
    return filtered(a, b, false);
  }

  private static String filtered(String a, String b, boolean in) {
    StringBuilder kept = new StringBuilder();
    a.chars().filter(l -> (b.indexOf(l) >= 0) == in).forEach(l -> kept.append((char) l));
    return kept.toString();
  }
}
