/**
 * Robustness as a unit test.
 *
 * <pre>{@code
 * @Test
 * void staysRobust() {
 *   assertRobust(model).on(data, 200).within(linf(0.1)).against(pgd(40)).atLeast(0.85);
 * }
 * }</pre>
 *
 * <p>A model that is not robust enough fails the test like any other assertion, with the numbers,
 * the attack and the seed that repeat it, and a picture of the worst example: the original, what
 * was added, and what the model makes of it. The picture is a file that the message names.
 *
 * <p>Nothing here needs JUnit: a failure is an {@link java.lang.AssertionError}, which every test
 * framework understands. The same verbs say the opposite of a model that is known to be weak
 * ({@link dev.bagel.adversarial.junit.Robustness#atMost}), which is how one tests an attack.
 */
package dev.bagel.adversarial.junit;
