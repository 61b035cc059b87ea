package dev.bagel.tensor.kernel;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives a test that asks for a {@link Random} a fresh one in every build, and says how to repeat a
 * failure: {@code -Dtests.seed=HEX}.
 */
public final class Seeds implements ParameterResolver, TestExecutionExceptionHandler {
  private static final long SEED =
      Long.parseUnsignedLong(
          System.getProperty("tests.seed", Long.toHexString(System.nanoTime())), 16);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Random.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return new Random(SEED ^ test.getRequiredTestMethod().getName().hashCode());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext test, Throwable t) throws Throwable {
    System.err.printf(
        "reproduce: -Dtests.seed=%x -Dtest=%s#%s%n",
        SEED, test.getRequiredTestClass().getSimpleName(), test.getRequiredTestMethod().getName());
    throw t;
  }
}
