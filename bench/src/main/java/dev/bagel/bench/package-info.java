/**
 * Benchmarks: one question to a class, written at its top; the answer is checked before it is
 * measured. Nothing here is a test, and no test measures time.
 *
 * <pre>
 *   mvn -pl bench -am package -DskipTests
 *   java -jar bench/target/benchmarks.jar PgdStep -prof gc
 * </pre>
 *
 * Times on a shared machine move by half; compare ratios within one run, and bytes allocated, which
 * do not move.
 */
package dev.bagel.bench;
