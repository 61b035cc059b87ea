package dev.bagel.bench.cli;

import dev.bagel.bench.duel.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Duels with one number of threads, as a Markdown table that grows row by row. */
final class VersusReport {
  /** What rows and columns mean. */
  static final String LEGEND =
      """
      Each row is a duel: Bagel and a rival do the same work on the same numbers, in one JVM that does
      nothing else. First their answers must agree; then both warm up, and take turns in short rounds.

      * **work**: `gemm/N` is a product of two N×N matrices. `conv-…/C-O-KxK@S` is a convolution of 32
        images of S×S pixels and C channels with O filters of K×K, stride 1, as many pixels out as in:
        forward, or its gradient in the images or in the filters. `pgd/NET-N` is ten steps of ℓ∞ PGD on
        a batch of N, `train/NET-N` one step of SGD, `scores/NET-N` a forward pass in evaluation, with
        batch normalisation folded into the convolutions on both sides.
      * **rival**: as it comes; `…-channels-last` has the channels of a pixel side by side; in
        `…-folded` batch normalisation is folded on both sides, else on neither.
      * **Bagel, rival's**: the median time of one run. GF are 10⁹ floating-point operations a second,
        counted as the direct sum has them whatever was computed, so a faster algorithm may show more
        than the processor has.
      * **Bagel is faster by**: the rival's time over Bagel's in the round beside it; the median, the
        least and the most of all rounds. Above 1 Bagel is faster.
      * **best by best**: the rival's shortest round over Bagel's shortest.
      * **1 thread**: nobody has more than the calling thread, and its CPU time is taken: other
        programs do not count, except that they share caches and memory. **More threads**: both sides
        have so many, and the clock on the wall is taken, so other programs do count.
      """;

  private final Machine machine;
  private final int threads;
  private final Map<String, String> environment;
  private final List<Fought> duels = new ArrayList<>();
  private final List<String> rows = new ArrayList<>();
  private double highestLoad;

  VersusReport(Machine machine, int threads, Map<String, String> environment) {
    this.machine = machine;
    this.threads = threads;
    this.environment = new TreeMap<>(environment);
    highestLoad = machine.load();
  }

  String heading() {
    return """
    ## %d %s, %s

    %s, %d processors, load %.1f, %s, %s, %s

    | work | rival | Bagel | rival's | Bagel is faster by (median, min–max) | best by best |
    |---|---|--:|--:|--:|--:|\
    """
        .formatted(
            threads,
            threads == 1 ? "thread" : "threads",
            threads == 1 ? "CPU time" : "wall time",
            machine.cpu(),
            machine.processors(),
            machine.load(),
            machine.system(),
            machine.java(),
            machine.date());
  }

  /** Takes in what a duel came to and returns its row. */
  String add(Fought fought) {
    Outcome o = fought.outcome();
    List<Double> ratios = o.ratios();
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %s | **%.2f** (%.2f–%.2f) | %.2f |",
            o.name(),
            o.rival(),
            time(o.ours(), o.flops()),
            time(o.theirs(), o.flops()),
            Outcome.median(ratios),
            Outcome.least(ratios),
            Outcome.most(ratios),
            Outcome.least(o.theirs()) / Outcome.least(o.ours()));
    highestLoad = Math.max(highestLoad, Machine.loadNow());
    duels.add(fought);
    rows.add(row);
    return row;
  }

  /** The median, with the speed where that says something. */
  private static String time(List<Double> seconds, double flops) {
    double t = Outcome.median(seconds);
    String time =
        t < 1e-3
            ? String.format(Locale.ROOT, "%.1f µs", t * 1e6)
            : String.format(Locale.ROOT, t < 0.1 ? "%.2f ms" : "%.0f ms", t * 1e3);
    return flops == 0 ? time : time + String.format(Locale.ROOT, ", %.0f GF", flops / t / 1e9);
  }

  String footing() {
    Map<String, String> versions = new TreeMap<>();
    duels.forEach(d -> versions.put(d.outcome().rival(), d.version()));
    String kernels = duels.isEmpty() ? "" : " Bagel's kernels: " + duels.get(0).kernels() + ".";
    return String.format(
        Locale.ROOT,
        "%nRivals: %s.%s Environment: %s. Load at most %.1f.%n",
        versions,
        kernels,
        environment,
        highestLoad);
  }

  String markdown() {
    return heading() + "\n" + String.join("\n", rows) + "\n" + footing();
  }

  /** Everything, for programs. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("machine", machine);
    document.put("highestLoad", highestLoad);
    document.put("threads", threads);
    document.put("clock", threads == 1 ? "cpu" : "wall");
    document.put("environment", environment);
    document.put("duels", duels);
    return document;
  }
}
