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
 * do not move. {@code MatMul} and the three of {@code Conv} measure kernels; {@code PgdStep},
 * {@code PgdTenSteps}, {@code TrainStep} and {@code Scoring} what users wait for.
 *
 * <p>JMH cannot compare with other people's engines in turns. {@code dev.bagel.bench.duel} does:
 *
 * <pre>
 *   mvn -Privals -pl bench -am package -DskipTests     (the first time 400 MB from Maven Central)
 *   java -Dbagel.threads=1 -jar bench/target/rivals.jar versus gemm pgd/madry-64
 *   java -Dbagel.threads=1 -jar bench/target/rivals.jar fresh-starts
 * </pre>
 */
package dev.bagel.bench;
