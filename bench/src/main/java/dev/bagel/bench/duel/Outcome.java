package dev.bagel.bench.duel;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a duel came to.
 *
 * @param name what was done
 * @param rival by whom beside Bagel
 * @param flops floating-point operations of one run, or 0
 * @param ours seconds of one run, for every round
 * @param theirs the same of the rival
 */
public record Outcome(
    String name, String rival, double flops, List<Double> ours, List<Double> theirs) {
  public Outcome {
    if (ours.isEmpty() || ours.size() != theirs.size()) {
      throw new IllegalArgumentException(
          ours.size() + " rounds and " + theirs.size() + " of the rival: equally many");
    }
    ours = List.copyOf(ours);
    theirs = List.copyOf(theirs);
  }

  /** The rival's time over ours, round by round, in rising order: above 1 Bagel is faster. */
  public List<Double> ratios() {
    return IntStream.range(0, ours.size())
        .mapToObj(i -> theirs.get(i) / ours.get(i))
        .sorted()
        .toList();
  }

  /** The middle one; of an even number, the lower of two. */
  public static double median(List<Double> values) {
    return values.stream().sorted().toList().get((values.size() - 1) / 2);
  }

  public static double least(List<Double> values) {
    return values.stream().min(Double::compare).orElseThrow();
  }

  public static double most(List<Double> values) {
    return values.stream().max(Double::compare).orElseThrow();
  }
}
