package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.report.GraphPicture;
import dev.bagel.nn.Model;
import dev.bagel.nn.ModelGraph;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bagel model}: what a model is made of. */
@Command(
    name = "model",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Shows what a model computes for one example, part by part: operators, the shape of the"
            + " result, parameters, multiply-adds.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel model net.safetensors",
      "  bagel model squeezenet.onnx --json",
      "  bagel model squeezenet.onnx --svg net.svg",
      "  bagel model squeezenet.onnx --dot net.dot && dot -Tsvg net.dot > net.svg",
      "",
      "Multiply-adds are those of convolutions and products of matrices; parameters are what"
          + " training learns, each counted where it is first read.",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class ModelCommand implements Callable<Integer> {
  private static final int WORDS = 3;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The model: a .safetensors or an .onnx file.")
  private String file;

  @Mixin private ReadingOptions reading;

  @Option(
      names = "--dot",
      paramLabel = "OUT.dot",
      description = "Write the graph to this file, for Graphviz.")
  private Path dot;

  @Option(
      names = "--svg",
      paramLabel = "OUT.svg",
      description = "Draw the graph into this file, for a browser.")
  private Path svg;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    OutputFile.check(dot, "--dot", file);
    OutputFile.check(svg, "--svg", file);
    ModelGraph graph = graph(reading.read(file, "FILE").model());
    if (dot != null) {
      write(dot, graph.dot());
    }
    if (svg != null) {
      String title = String.valueOf(Path.of(file).getFileName());
      write(svg, new GraphPicture(title, graph).svg());
    }
    if (!console.isJson()) {
      console.print(table(graph));
    }
    console.answer(document(graph));
    return Failures.DONE;
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private ModelGraph graph(Model model) {
    try {
      return ModelGraph.of(model);
    } catch (ShapeException e) { // as a file that computes several inputs at once
      throw new WrongUse(
          "it does not run on one example: " + e.getMessage(),
          "FILE " + file,
          "write it for one example, or for any number of them");
    }
  }

  private static Table table(ModelGraph graph) {
    Table table =
        Table.of("part", "operators", "result", "parameters", "multiply-adds").words(WORDS);
    for (ModelGraph.Row row : graph.rows()) {
      table.row(
          row.name(),
          String.join(", ", row.operators()),
          row.shape().toString(),
          count(row.parameters()),
          count(row.multiplyAdds()));
    }
    return table.row("total", "", "", count(graph.parameters()), count(graph.multiplyAdds()));
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private Map<String, Object> document(ModelGraph graph) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (ModelGraph.Row row : graph.rows()) {
      Map<String, Object> r = new LinkedHashMap<>();
      r.put("name", row.name());
      r.put("operators", row.operators());
      r.put("shape", row.shape().toArray());
      r.put("inputs", row.inputs());
      r.put("reads", row.reads());
      r.put("parameters", row.parameters());
      r.put("multiply_adds", row.multiplyAdds());
      rows.add(r);
    }
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("command", "model");
    d.put("model", file);
    d.put("parameters", graph.parameters());
    d.put("multiply_adds", graph.multiplyAdds());
    d.put("rows", rows);
    d.put("dot", dot);
    d.put("svg", svg);
    d.put("seed", globals.seed());
    d.put("versions", Versions.all());
    return d;
  }
}
