/**
 * The command line: {@code java -jar bagel.jar COMMAND}.
 *
 * <pre>
 *   Main ─┬─ Restart ─► a JVM with vectors ─► Main      Lifeline: the child lives no longer
 *         ├─ info
 *         ├─ tour
 *         ├─ train    ModelOptions DataOptions OptimizerOptions AdversarialOptions CheckpointOptions
 *         ├─ model    ReadingOptions
 *         ├─ predict  ModelOptions DataOptions
 *         ├─ attack   ModelOptions DataOptions AttackOptions TargetOptions
 *         ├─ attacks  Registry
 *         ├─ evaluate ModelOptions DataOptions
 *         └─ explain  ModelOptions DataOptions ExplanationOptions
 *                         every command: GlobalOptions ─► Console (text, JSON, ProgressBar)
 * </pre>
 *
 * <p>A command is its options and the order of its work; it holds no mathematics. Options that two
 * commands share are one class, mixed in. To add a command, write a class with {@code @Command}
 * that has {@link dev.bagel.adversarial.cli.GlobalOptions} mixed in, and name it in {@link
 * dev.bagel.adversarial.cli.Main}.
 *
 * <h2>The contract</h2>
 *
 * <ul>
 *   <li>Exit code 0: done. 1: the work failed, as on a full disk or a loss that is not a number. 2:
 *       wrong use; the same command can never succeed.
 *   <li>A failure is one line on standard error, {@code bagel: WHAT, WHERE; FIX}, and never a
 *       trace, unless {@code -Dbagel.trace=true} asks for it.
 *   <li>With {@code --json} standard output is one document and nothing else. Keys are only ever
 *       added. What is not a finite number, or not known, is null.
 *   <li>What can be checked before the work is checked before it: that an output can be written,
 *       that the data fit the model, that every label names a class.
 *   <li>Standard input is never read: in a child it is the {@link
 *       dev.bagel.adversarial.cli.Lifeline}.
 * </ul>
 *
 * <h2>Why so</h2>
 *
 * <ul>
 *   <li>A jar's manifest cannot ask for an incubating module, and users should not have to know
 *       about it; so the program starts itself again, which costs a quarter of a second. A launcher
 *       script would be two files, and another one for Windows.
 *   <li>Progress goes to standard error and only over itself if that is a terminal, which the JDK
 *       cannot say (see {@link dev.bagel.adversarial.cli.Terminal}).
 *   <li>An attack has one line in {@link dev.bagel.adversarial.cli.Registry}, with its threat
 *       model: what it must know, its norms, its goals, its queries. A test finds attacks without a
 *       line.
 *   <li>Attacks, optimizers and schedules have names here and nowhere else: below, they are values.
 * </ul>
 */
package dev.bagel.adversarial.cli;
