/**
 * Benchmarks of all modules, with JMH: {@code java -jar bench/target/benchmarks.jar}.
 *
 * <p>This module also gathers the coverage of all modules in {@code
 * bench/target/site/jacoco-aggregate/index.html}.
 */
package dev.bagel.bench;
