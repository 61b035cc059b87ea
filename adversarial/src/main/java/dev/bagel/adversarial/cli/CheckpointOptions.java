package dev.bagel.adversarial.cli;

import dev.bagel.nn.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** From where an interrupted training goes on. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Keep the state of the training in this file. If it is there, go on from it: the same"
              + " command after an interruption gives the same weights as without one.")
  private Path file;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description = "Steps between two saves (default: 100); the end of an epoch is saved, too.")
  private Integer every;

  /** The checkpoint; null if none is wanted. */
  Checkpoint checkpoint() {
    if (file == null) {
      if (every != null) {
        throw new WrongUse("no file", "--checkpoint-every", "add --checkpoint FILE");
      }
      return null;
    }
    OutputFile.check(file, "--checkpoint");
    int steps = every == null ? 100 : every;
    if (steps < 1) {
      throw new WrongUse("every " + steps + " steps", "--checkpoint-every", "at least 1");
    }
    return new Checkpoint(file, steps);
  }

  /** Does {@code work} while no other run uses the file. */
  void locked(FileLock.Work work) throws IOException {
    FileLock.holding(file, work);
  }
}
