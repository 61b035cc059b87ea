package dev.bagel.bench.cli;

import dev.bagel.bench.cli.Watched.Tried;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a guard found: a line for each item while it goes on, then a table and a document. */
final class GuardReport {
  private final Machine machine;
  private final String kernels;
  private final Optional<Baseline> baseline;
  private final List<Tried> all = new ArrayList<>();

  GuardReport(Machine machine, String kernels, Optional<Baseline> baseline) {
    this.machine = machine;
    this.kernels = kernels;
    this.baseline = baseline;
  }

  String heading() {
    String compared =
        baseline
            .map(b -> "Compared with the baseline of %s.".formatted(b.machine().date()))
            .orElse("No baseline is like this machine: wide limits instead of one's own figures.");
    return "%s, load %.1f, %s, kernels %s, one thread.%n%s%n"
        .formatted(machine.cpu(), machine.load(), machine.java(), kernels, compared);
  }

  /** Takes in a result and returns its line. */
  String add(Tried tried) {
    all.add(tried);
    return "%s: %s (%s), %s"
        .formatted(tried.what().item(), figures(tried), bounds(tried.what()), tried.verdict());
  }

  private static String figures(Tried tried) {
    return tried.figures().stream().map(tried.what()::text).collect(Collectors.joining(", "));
  }

  private static String bounds(Watched what) {
    String limit = (what.kind() == Watched.Kind.BYTES ? "at most " : "at least ");
    String usual = Double.isNaN(what.usual()) ? "" : "baseline " + what.text(what.usual()) + ", ";
    return usual + limit + what.text(what.limit());
  }

  String table() {
    StringBuilder table = new StringBuilder();
    table.append("\n| item | now | baseline | limit | |\n|---|--:|--:|--:|---|\n");
    for (Tried t : all) {
      Watched w = t.what();
      table.append(
          "| %s | %s | %s | %s | %s |%n"
              .formatted(w.item(), figures(t), w.text(w.usual()), w.text(w.limit()), t.verdict()));
    }
    return table
        .append("\n× is how many times faster than Bagel's plain Java loops, in the same JVM.\n")
        .toString();
  }

  /** What is not allowed, in one line; empty if all is well. */
  Optional<String> complaint() {
    List<Tried> bad = all.stream().filter(t -> !t.isAllowed()).toList();
    return bad.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%d of %d items got worse: %s"
                .formatted(
                    bad.size(),
                    all.size(),
                    bad.stream()
                        .map(t -> t.what().item() + " " + t.what().text(t.last()))
                        .collect(Collectors.joining(", "))));
  }

  /** Everything, for programs. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("machine", machine);
    document.put("kernels", kernels);
    document.put("baseline", baseline.map(Baseline::machine).orElse(null));
    document.put("items", all.stream().map(GuardReport::item).toList());
    return document;
  }

  private static Map<String, Object> item(Tried tried) {
    Watched what = tried.what();
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("item", what.item());
    item.put("kind", what.kind());
    item.put("figures", tried.figures());
    item.put("baseline", Double.isNaN(what.usual()) ? null : what.usual());
    item.put("limit", what.limit());
    item.put("allowed", tried.isAllowed());
    return item;
  }
}
