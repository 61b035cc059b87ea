package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.report.GraphPicture;
import dev.bagel.nn.Model;
import dev.bagel.nn.ModelGraph;
import dev.bagel.nn.io.Fit;
import dev.bagel.nn.io.ModelFile;
import dev.bagel.nn.onnx.Onnx;
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
      "  bagel model net.safetensors --onnx net.onnx",
      "  bagel model resnet18.safetensors --arch resnet18     # weights of PyTorch",
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
      names = "--onnx",
      paramLabel = "OUT.onnx",
      description = "Write the model to this file, for ONNX Runtime and other programs.")
  private Path onnx;

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
    OutputFile.check(onnx, "--onnx", file);
    Map<String, Object> weights = new LinkedHashMap<>();
    ModelFile read =
        reading.read(
            file,
            "FILE",
            fit -> {
              weights.putAll(describe(fit));
              if (!console.isJson()) {
                console.print(table(fit));
              }
            });
    ModelGraph graph = graph(read.model());
    if (onnx != null) {
      export(read);
    }
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
    console.answer(document(graph, weights));
    return Failures.DONE;
  }

  private void export(ModelFile read) throws IOException {
    try {
      Onnx.write(read, onnx);
    } catch (IllegalArgumentException e) {
      throw new WrongUse(
          String.valueOf(e.getMessage()), "--onnx " + onnx, "ONNX cannot say what it computes");
    }
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

  // ---- weights of somebody else ---------------------------------------------------------------

  private static Map<String, Object> describe(Fit fit) {
    Map<String, Object> d = new LinkedHashMap<>();
    d.put("naming", fit.naming().toString());
    d.put("found", fit.numbers().size());
    d.put("missing", fit.missing());
    d.put("unexpected", fit.unexpected());
    d.put("misshapen", fit.misshapen());
    d.put("ignored", fit.ignored());
    return d;
  }

  /** What was found, and everything that was not. */
  private static Table table(Fit fit) {
    Table table = Table.of("weights", "named " + fit.naming()).toTheLeft();
    table.row("found", String.valueOf(fit.numbers().size()));
    fit.missing().forEach(name -> table.row("missing", name));
    fit.unexpected().forEach(name -> table.row("unexpected", name));
    fit.misshapen().forEach(name -> table.row("misshapen", name));
    fit.ignored().forEach(name -> table.row("ignored", name));
    return table;
  }

  // ---- the document ---------------------------------------------------------------------------

  private Map<String, Object> document(ModelGraph graph, Map<String, Object> weights) {
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
    d.put("weights", weights.isEmpty() ? null : weights);
    d.put("parameters", graph.parameters());
    d.put("multiply_adds", graph.multiplyAdds());
    d.put("rows", rows);
    d.put("dot", dot);
    d.put("onnx", onnx);
    d.put("svg", svg);
    d.put("seed", globals.seed());
    d.put("versions", Versions.all());
    return d;
  }
}
