/**
 * Benchmarks: one question to a class, written at its top; the answer is checked before it is
 * measured. Nothing here is a test, and no test measures time.
 *
 * <pre>
 *   mvn -pl bench -am package -DskipTests
 *   java -jar bench/target/benchmarks.jar jmh PgdStep -prof gc
 * </pre>
 *
 * Times on a shared machine move by half; compare ratios within one run, and bytes allocated, which
 * do not move. {@code MatMul} and {@code Convolution} measure kernels; {@code PgdStep}, {@code
 * PgdTenSteps}, {@code TrainStep} and {@code Scoring} what users wait for.
 *
 * <p><b>Has a change made something slow?</b> The guard times every kind of fast loop, and steps of
 * an attack and of training, against plain Java in the same JVM, and holds the ratios against those
 * of {@code baselines.json}; it also counts what a replayed step allocates. It fails with exit code
 * 1 if a ratio falls below 60 % of the baseline's in three JVMs, which a loop does that the
 * compiler leaves its vectors on the heap, and a busy machine does not. On a machine unlike those
 * in the file it asks for less: that vectors are at least half as fast as plain Java.
 *
 * <pre>
 *   java -jar bench/target/benchmarks.jar guard              (two to three minutes)
 *   java -jar bench/target/benchmarks.jar guard \
 *     --write bench/src/main/resources/dev/bagel/bench/cli/baselines.json     (five minutes)
 * </pre>
 *
 * <p><b>Who is faster?</b> JMH cannot compare with other people's engines in turns. {@code
 * dev.bagel.bench.duel} does. The second command takes all duels with everybody; the third makes
 * the table of {@code RESULTS.md}.
 *
 * <pre>
 *   mvn -Privals -pl bench -am package -DskipTests     (the first time 400 MB from Maven Central)
 *   java -jar bench/target/rivals.jar versus
 *   java -jar bench/target/rivals.jar versus '*&#47;pytorch*' '*&#47;onnxruntime' '*&#47;openblas' '*&#47;ejml' \
 *     '*&#47;dl4j' --threads 1,2 --markdown bench/RESULTS.md
 * </pre>
 *
 * <p><b>How long does the first attack take, and is every JVM as fast as the one before?</b> Ten
 * JVMs in a row attack a batch; each reports the wall time of its first attack, with planning and
 * compiling, and that of a step five seconds later. {@code --work} names another network and batch,
 * {@code --jvms} another number of JVMs; one takes six to ten seconds.
 *
 * <pre>
 *   java -Dbagel.threads=1 -jar bench/target/benchmarks.jar fresh-starts
 * </pre>
 */
package dev.bagel.bench;
