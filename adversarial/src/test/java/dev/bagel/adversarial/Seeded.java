package dev.bagel.adversarial;

import dev.bagel.tensor.Rng;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives a test a stream of random numbers, a new one each time, and prints one line if the test
 * fails that repeats it.
 */
final class Seeded implements ParameterResolver, TestWatcher {
  private static final long SEED =
      Long.parseUnsignedLong(
          System.getProperty(
              "tests.seed", Integer.toHexString(ThreadLocalRandom.current().nextInt())),
          16);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Rng.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return Rng.of(SEED).at(test.getRequiredTestMethod().getName());
  }

  @Override
  public void testFailed(ExtensionContext test, Throwable cause) {
    System.err.printf(
        "repeat with: mvn -pl adversarial -am verify -Dtest=%s#%s -Dtests.seed=%x%n",
        test.getRequiredTestClass().getSimpleName(), test.getRequiredTestMethod().getName(), SEED);
  }
}
