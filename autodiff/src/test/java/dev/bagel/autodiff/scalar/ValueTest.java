package dev.bagel.autodiff.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ValueTest {
  @Test
  void aValueUsedTwiceCollectsBothGradients() {
    Value x = new Value(2);
    Value y = x.mul(x).add(x.exp());
    y.backward();
    assertEquals(4 + Math.exp(2), y.data(), 1e-12);
    assertEquals(4 + Math.exp(2), x.grad(), 1e-12);
  }

  @Test
  void everySlopeAgreesWithFiniteDifferences() {
    double h = 1e-6;
    double a = 0.7;
    double b = -1.3;
    double plus = all(new Value(a + h), new Value(b)).data();
    double minus = all(new Value(a - h), new Value(b)).data();
    double up = all(new Value(a), new Value(b + h)).data();
    double down = all(new Value(a), new Value(b - h)).data();
    Value x = new Value(a);
    Value y = new Value(b);
    all(x, y).backward();
    assertEquals((plus - minus) / (2 * h), x.grad(), 1e-8);
    assertEquals((up - down) / (2 * h), y.grad(), 1e-8);
  }

  private static Value all(Value x, Value y) {
    return x.add(y).mul(x.sub(y)).div(y).add(x.max(y).log()).add(y.exp().tanh()).add(x.relu());
  }

  @Test
  void backwardBeginsAfresh() {
    Value x = new Value(3);
    Value y = x.mul(x);
    y.backward();
    y.backward();
    assertEquals(6, x.grad());
  }

  @Test
  void kinksAreThoseOfTheEngine() {
    Value zero = new Value(0);
    zero.relu().backward();
    assertEquals(0, zero.grad());
    Value a = new Value(1);
    Value b = new Value(1);
    a.max(b).backward();
    assertEquals(1, a.grad());
    assertEquals(0, b.grad());
  }
}
