package dev.bagel.adversarial.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the nodes of a graph without cycles stand: in layers from top to bottom, so that every edge
 * goes down. An edge that passes a layer has a bend in it, which needs room as nodes do. After
 * Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of hierarchical system
 * structures": layers by the longest path, few crossings by barycentres, then places that make
 * edges straight.
 */
final class LayeredLayout {
  private static final int ORDERINGS = 12;
  private static final int RELAXATIONS = 60;
  private static final double NODE = 100; // how much harder it is to push aside than a bend

  private final int nodes;
  private final List<Integer> layers = new ArrayList<>(); // of vertices: the nodes, then the bends
  private final List<List<Integer>> above = new ArrayList<>();
  private final List<List<Integer>> below = new ArrayList<>();
  private final List<List<Integer>> paths = new ArrayList<>();
  private List<List<Integer>> order = new ArrayList<>(); // the vertices of each layer
  private final double width;
  private final double gap;
  private double[] x;

  /**
   * A layout.
   *
   * @param inputs for each node, which nodes before it have an edge to it
   * @param width of a node
   * @param gap between two neighbours
   */
  LayeredLayout(List<List<Integer>> inputs, double width, double gap) {
    this.nodes = inputs.size();
    this.width = width;
    this.gap = gap;
    for (List<Integer> from : inputs) {
      vertex(from.stream().mapToInt(u -> layers.get(u) + 1).max().orElse(0));
    }
    for (int v = 0; v < nodes; v++) {
      for (int u : inputs.get(v)) {
        path(u, v);
      }
    }
    reduceCrossings();
    place();
  }

  private int vertex(int layer) {
    int v = layers.size();
    layers.add(layer);
    above.add(new ArrayList<>());
    below.add(new ArrayList<>());
    while (order.size() <= layer) {
      order.add(new ArrayList<>());
    }
    order.get(layer).add(v);
    return v;
  }

  /** An edge, with a bend in every layer that it passes. */
  private void path(int u, int v) {
    List<Integer> path = new ArrayList<>(List.of(u));
    for (int layer = layers.get(u) + 1; layer < layers.get(v); layer++) {
      path.add(vertex(layer));
    }
    path.add(v);
    for (int i = 1; i < path.size(); i++) {
      below.get(path.get(i - 1)).add(path.get(i));
      above.get(path.get(i)).add(path.get(i - 1));
    }
    paths.add(path);
  }

  /** Every edge as the vertices that it passes; those from {@link #nodes} on are bends. */
  List<List<Integer>> paths() {
    return paths;
  }

  int layers() {
    return order.size();
  }

  int layer(int vertex) {
    return layers.get(vertex);
  }

  /** The middle of a vertex. */
  double x(int vertex) {
    return x[vertex];
  }

  boolean isNode(int vertex) {
    return vertex < nodes;
  }

  /** The vertices of a layer, from left to right. */
  List<Integer> layerAt(int layer) {
    return order.get(layer);
  }

  /** Each layer in the order of the barycentres of its neighbours, down and up; the best stays. */
  private void reduceCrossings() {
    List<List<Integer>> best = copy();
    long fewest = crossings();
    for (int i = 0; i < ORDERINGS && fewest > 0; i++) {
      boolean down = i % 2 == 0;
      for (int k = 0; k < order.size(); k++) {
        sort(down ? k : order.size() - 1 - k, down ? above : below);
      }
      long now = crossings();
      if (now < fewest) {
        fewest = now;
        best = copy();
      }
    }
    order = best;
  }

  private List<List<Integer>> copy() {
    List<List<Integer>> copy = new ArrayList<>();
    order.forEach(layer -> copy.add(new ArrayList<>(layer)));
    return copy;
  }

  private void sort(int layer, List<List<Integer>> neighbours) {
    int[] rank = ranks();
    order
        .get(layer)
        .sort(
            Comparator.comparingDouble(
                v -> neighbours.get(v).stream().mapToInt(u -> rank[u]).average().orElse(rank[v])));
  }

  private int[] ranks() {
    int[] rank = new int[layers.size()];
    for (List<Integer> layer : order) {
      for (int i = 0; i < layer.size(); i++) {
        rank[layer.get(i)] = i;
      }
    }
    return rank;
  }

  private long crossings() {
    int[] rank = ranks();
    long count = 0;
    for (List<Integer> layer : order) {
      for (int i = 0; i < layer.size(); i++) {
        for (int j = i + 1; j < layer.size(); j++) {
          for (int a : below.get(layer.get(i))) {
            for (int b : below.get(layer.get(j))) {
              count += rank[a] > rank[b] ? 1 : 0;
            }
          }
        }
      }
    }
    return count;
  }

  /** Each vertex at the mean of its neighbours, as far as those beside it leave it the room. */
  private void place() {
    x = new double[layers.size()];
    for (int i = 0; i < RELAXATIONS; i++) {
      for (int k = 0; k < order.size(); k++) {
        separate(order.get(i % 2 == 0 ? k : order.size() - 1 - k));
      }
    }
    double left = Double.POSITIVE_INFINITY;
    for (int v = 0; v < x.length; v++) {
      left = Math.min(left, x[v] - half(v));
    }
    for (int v = 0; v < x.length; v++) {
      x[v] = Math.rint(x[v] - left);
    }
  }

  double right() {
    double right = 0;
    for (int v = 0; v < x.length; v++) {
      right = Math.max(right, x[v] + half(v));
    }
    return right;
  }

  /** Half of the room that a vertex needs. */
  private double half(int v) {
    return isNode(v) ? width / 2 : 0;
  }

  /**
   * The places nearest to those that are wanted, in weighted least squares, that keep their
   * distance: less what is to their left at least, they may not fall, which is isotonic regression.
   */
  private void separate(List<Integer> layer) {
    int n = layer.size();
    double[] offset = new double[n];
    double[] mean = new double[n]; // of blocks that stand side by side
    double[] weight = new double[n];
    int[] size = new int[n];
    int blocks = 0;
    for (int i = 0; i < n; i++) {
      int v = layer.get(i);
      offset[i] = i == 0 ? 0 : offset[i - 1] + half(layer.get(i - 1)) + gap + half(v);
      mean[blocks] = wanted(v) - offset[i];
      weight[blocks] = isNode(v) ? NODE : 1;
      size[blocks++] = 1;
      while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
        blocks--;
        double both = weight[blocks - 1] + weight[blocks];
        mean[blocks - 1] =
            (mean[blocks - 1] * weight[blocks - 1] + mean[blocks] * weight[blocks]) / both;
        weight[blocks - 1] = both;
        size[blocks - 1] += size[blocks];
      }
    }
    for (int b = 0, i = 0; b < blocks; b++) {
      for (int end = i + size[b]; i < end; i++) {
        x[layer.get(i)] = mean[b] + offset[i];
      }
    }
  }

  /** A node in the middle of what its edges end in, so that shortcuts do not move it. */
  private double wanted(int v) {
    List<Integer> pulls = new ArrayList<>(ends(v, above));
    pulls.addAll(ends(v, below));
    return pulls.stream().mapToDouble(u -> x[u]).average().orElse(x[v]);
  }

  private List<Integer> ends(int v, List<List<Integer>> neighbours) {
    return isNode(v)
        ? neighbours.get(v).stream().map(u -> end(u, neighbours)).toList()
        : neighbours.get(v);
  }

  private int end(int v, List<List<Integer>> neighbours) {
    int u = v;
    while (!isNode(u)) {
      u = neighbours.get(u).get(0); // a bend has one on either side
    }
    return u;
  }
}
