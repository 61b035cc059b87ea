package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Baselines of several machines, in one file. */
record Baselines(List<Baseline> baselines) {
  private static final String COMMITTED = "baselines.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  Baselines {
    baselines = List.copyOf(baselines);
  }

  /** Those that the jar holds. */
  static Baselines committed() {
    try (InputStream file = Baselines.class.getResourceAsStream(COMMITTED)) {
      return MAPPER.readValue(file, Baselines.class);
    } catch (IOException e) {
      throw new IllegalStateException(COMMITTED + ": " + e.getMessage(), e);
    }
  }

  /** Those of a file; none if there is no such file yet. */
  static Baselines in(Path file) {
    try {
      return Files.exists(file)
          ? MAPPER.readValue(file.toFile(), Baselines.class)
          : new Baselines(List.of());
    } catch (IOException e) {
      throw new WrongUse(file + " is no file of baselines: " + e.getMessage());
    }
  }

  Optional<Baseline> of(Machine machine, String kernels) {
    return baselines.stream().filter(b -> b.isLike(machine, kernels)).findFirst();
  }

  /** With a new one, which replaces that of a machine like it. */
  Baselines with(Baseline made) {
    List<Baseline> all = new ArrayList<>(baselines);
    all.removeIf(b -> b.isLike(made.machine(), made.kernels()));
    all.add(made);
    return new Baselines(all);
  }
}
