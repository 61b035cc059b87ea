package dev.bagel.adversarial.explain;

import dev.bagel.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How alike two maps of one input are. Similarity of structure and overlap look at where a map is
 * strong, whatever its sign.
 *
 * @param correlation Pearson's, from −1 to 1
 * @param rankCorrelation Spearman's: that of the ranks, where equal values share theirs
 * @param ssim structural similarity, Wang et al. 2004, Eq. (13), over windows of 7 × 7 of maps
 *     scaled to 0 … 1; 1 for equal maps
 * @param iou of the places that are more than half as strong as the strongest one: the share of
 *     those of either map that are in both
 */
public record Agreement(double correlation, double rankCorrelation, double ssim, double iou) {
  /** For each input. Maps of another resolution are resized to that of the larger one. */
  public static List<Agreement> of(Heatmap a, Heatmap b) {
    if (a.size() != b.size()) {
      throw new ShapeException("maps of %d and of %d inputs", a.size(), b.size());
    }
    boolean larger = a.values().size() >= b.values().size();
    Heatmap p = larger ? a : a.resized(b.values().shape().sub(1, 3));
    Heatmap q = larger ? b.resized(a.values().shape().sub(1, 3)) : b;
    List<Agreement> all = new ArrayList<>();
    for (int i = 0; i < p.size(); i++) {
      float[] x = p.map(i).toArray();
      float[] y = q.map(i).toArray();
      int width = p.values().shape().dim(2);
      all.add(
          new Agreement(
              pearson(doubles(x), doubles(y)),
              pearson(ranks(x), ranks(y)),
              Ssim.of(p.map(i).abs().array(), q.map(i).abs().array(), width),
              iou(p.hot(i), q.hot(i))));
    }
    return all;
  }

  /** The mean of some. */
  public static Agreement mean(List<Agreement> all) {
    return new Agreement(
        all.stream().mapToDouble(Agreement::correlation).average().orElseThrow(),
        all.stream().mapToDouble(Agreement::rankCorrelation).average().orElseThrow(),
        all.stream().mapToDouble(Agreement::ssim).average().orElseThrow(),
        all.stream().mapToDouble(Agreement::iou).average().orElseThrow());
  }

  private static double[] doubles(float[] x) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray();
  }

  /** 1 for two constants, 0 for one: a map that says nothing agrees with nothing. */
  static double pearson(double[] x, double[] y) {
    double mx = Arrays.stream(x).average().orElseThrow();
    double my = Arrays.stream(y).average().orElseThrow();
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - mx) * (x[i] - mx);
      yy += (y[i] - my) * (y[i] - my);
      xy += (x[i] - mx) * (y[i] - my);
    }
    return xx == 0 || yy == 0 ? (xx == yy ? 1 : 0) : xy / Math.sqrt(xx * yy);
  }

  /** The place of each value in their order, from 0; equal values share the mean of theirs. */
  static double[] ranks(float[] x) {
    Integer[] order = IntStream.range(0, x.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing(i -> x[i]));
    double[] ranks = new double[x.length];
    for (int from = 0; from < x.length; ) {
      int to = from + 1;
      while (to < x.length && x[order[to]] == x[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double iou(boolean[] a, boolean[] b) {
    int both = 0;
    int either = 0;
    for (int i = 0; i < a.length; i++) {
      both += a[i] && b[i] ? 1 : 0;
      either += a[i] || b[i] ? 1 : 0;
    }
    return either == 0 ? 1 : (double) both / either;
  }
}
