package dev.bagel.nn;

import dev.bagel.nn.io.Safetensors;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A file from which an interrupted training run goes on as if nothing had happened: the numbers,
 * what the optimizer remembers, how far the run is, and its best model. Randomness is a function of
 * the seed and the step, so it needs no place in the file.
 *
 * <p>The file is replaced in one move, so at any moment it is whole: the old one or the new one.
 *
 * @param file where
 * @param every steps between two saves; each epoch's end is saved too
 */
public record Checkpoint(Path file, int every) {
  private static final String PREFIX = "bagel.run.";

  public Checkpoint {
    if (every < 1) {
      throw new IllegalArgumentException("a checkpoint every " + every + " steps: at least 1");
    }
  }

  boolean isDue(long steps) {
    return steps % every == 0;
  }

  void save(Trainer.Run run) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(run.training().state());
    if (run.bestEpoch > 0) {
      run.best.params().all().forEach((name, t) -> tensors.put("best:" + name, t));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(PREFIX + "identity", run.identity());
    metadata.put(PREFIX + "steps", String.valueOf(run.steps));
    metadata.put(PREFIX + "loss", String.valueOf(run.lossSum));
    metadata.put(PREFIX + "best", String.valueOf(run.bestEpoch));
    metadata.put(
        PREFIX + "history", String.join("\n", run.history.stream().map(Epoch::text).toList()));
    new Safetensors(tensors, metadata).write(file);
  }

  /** Sets a run to where the file says it was; does nothing if there is no file. */
  void restore(Trainer.Run run) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Safetensors saved = Safetensors.read(file);
    String identity = saved.metadata().get(PREFIX + "identity");
    Set<String> names = run.training().state().keySet();
    if (!run.identity().equals(identity) || !saved.tensors().keySet().containsAll(names)) {
      throw FormatException.of(
          file.toString(),
          "the checkpoint",
          "is of another run: " + (identity == null ? "it says of none" : identity),
          "delete it, or train with the same settings");
    }
    try {
      resume(run, saved);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // numbers and shapes
      throw FormatException.of(
          file.toString(),
          "the checkpoint",
          "is damaged: " + e.getMessage(),
          "delete it, and train again");
    }
  }

  private static void resume(Trainer.Run run, Safetensors saved) {
    run.steps = Long.parseLong(entry(saved, "steps"));
    run.lossSum = Double.parseDouble(entry(saved, "loss"));
    run.bestEpoch = Integer.parseInt(entry(saved, "best"));
    entry(saved, "history").lines().map(Epoch::parse).forEach(run.history::add);
    run.training().restore(saved.tensors());
    if (run.bestEpoch > 0) {
      Map<String, Tensor> best = new LinkedHashMap<>();
      for (String name : run.best.params().all().keySet()) {
        best.put(name, saved.tensors().get("best:" + name));
      }
      run.best = run.best.with(run.best.params().with(best));
    }
  }

  private static String entry(Safetensors saved, String name) {
    String value = saved.metadata().get(PREFIX + name);
    if (value == null) {
      throw new IllegalArgumentException("no entry " + name);
    }
    return value;
  }
}
