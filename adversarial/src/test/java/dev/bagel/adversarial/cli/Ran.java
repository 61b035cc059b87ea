package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.nn.Model;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A command that ran in this JVM: its exit code and what it printed. */
record Ran(int code, String out, String err) {
  static Ran bagel(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of(args).stream().map(String::valueOf).toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  Ran done() {
    assertEquals(0, code, err);
    return this;
  }

  /** The one document on standard output. */
  JsonNode json() throws IOException {
    done();
    return new ObjectMapper().readTree(out);
  }

  /** A model without hidden layers for pictures of 28 × 28, in a file. */
  static Path model(Path folder) throws IOException {
    Path file = folder.resolve("net.safetensors");
    ModelFile.write(model(Shape.of(1, 28, 28)), file);
    return file;
  }

  /** A model without hidden layers and with ten classes. */
  static Model model(Shape example) {
    Layer net = Layer.sequential(Layer.flatten(), Layer.dense(example.size(), 10));
    return Model.init(net, example, Rng.of(7));
  }
}
