package dev.bagel.tensor;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives a test that asks for it a stream of random numbers ({@link Rng} or {@link Random}), a new
 * one in every build, and prints one line if the test fails that repeats it.
 */
public final class Seeded implements ParameterResolver, TestWatcher {
  private static final long SEED =
      Long.parseUnsignedLong(
          System.getProperty(
              "tests.seed", Integer.toHexString(ThreadLocalRandom.current().nextInt())),
          16);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    Class<?> type = parameter.getParameter().getType();
    return type == Rng.class || type == Random.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    Rng rng = Rng.of(SEED).at(test.getRequiredTestMethod().getName());
    return parameter.getParameter().getType() == Rng.class ? rng : new Random(rng.key());
  }

  @Override
  public void testFailed(ExtensionContext test, Throwable cause) {
    System.err.printf(
        "repeat with: mvn verify -Dtest=%s#%s -Dtests.seed=%x%n",
        test.getRequiredTestClass().getSimpleName(), test.getRequiredTestMethod().getName(), SEED);
  }
}
