package dev.bagel.adversarial.report;

import dev.bagel.nn.ModelGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The graph of a model as an SVG that stands alone: a box for each part, from the input at the top
 * to the scores at the bottom.
 *
 * <p>What has no weights, keeps the shape, and is all that becomes of the part above it, as an
 * activation, is in the same box.
 *
 * @param title what is drawn
 */
public record GraphPicture(String title, ModelGraph graph) {
  private static final int WIDTH = 250; // of a box
  private static final int HEIGHT = 62;
  private static final int GAP = 26; // between boxes side by side
  private static final int STEP = 92; // from one layer to the next
  private static final int MARGIN = 24;
  private static final int TOP = 104; // of the first layer
  private static final int LONGEST = 27; // of a line in a box
  private static final int NARROWEST = 420; // for the title
  private static final String STYLE =
      """
      .paper { fill: var(--paper); }
      text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
      .head { font-weight: 650; font-size: 16px; fill: var(--ink); }
      .name { font-weight: 650; font-size: 13px; fill: var(--ink); }
      .end { text-anchor: end; }
      .box { fill: var(--card); stroke: var(--rule); stroke-width: 1; }
      .learned { stroke: var(--hardened); stroke-width: 1.5; }
      .cost { fill: var(--hardened); }
      .edge { fill: none; stroke: var(--soft); stroke-width: 1.3; }
      .tip { fill: var(--soft); }
      """;

  /** Rows in one box. */
  private record Box(
      String name, List<String> operators, ModelGraph.Row last, long parameters, long cost) {
    static Box of(ModelGraph.Row row) {
      return new Box(row.name(), row.operators(), row, row.parameters(), row.multiplyAdds());
    }

    /** The operators, without those that only name the axes anew, unless there are no others. */
    String says() {
      List<String> work = operators.stream().filter(o -> !o.equals("reshape")).toList();
      return String.join(", ", work.isEmpty() ? operators : work);
    }

    Box and(ModelGraph.Row row) {
      List<String> both = new ArrayList<>(operators);
      both.addAll(row.operators());
      return new Box(name, both, row, parameters, cost + row.multiplyAdds());
    }
  }

  /** The file's content. */
  public String svg() {
    List<Box> boxes = new ArrayList<>();
    List<List<Integer>> inputs = new ArrayList<>();
    join(boxes, inputs);
    LayeredLayout layout = new LayeredLayout(inputs, WIDTH, GAP);
    double width = Math.max(NARROWEST, layout.right() + 2 * MARGIN);
    double left = (width - layout.right()) / 2;
    int height = TOP + (layout.layers() - 1) * STEP + HEIGHT + MARGIN;
    StringBuilder out = new StringBuilder();
    out.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0"
                + " %.0f %d\" role=\"img\">\n"
                + "<title>%s</title>\n"
                + "<style>%s%s</style>\n",
            width, height, width, height, Xml.escape(title), Palette.CSS, STYLE));
    out.append(format("<rect class=\"paper\" width=\"%.0f\" height=\"%d\"/>\n", width, height));
    out.append(LineChart.text("head", MARGIN, 32, title));
    out.append(LineChart.text("", MARGIN, 54, sums()));
    out.append(LineChart.text("", MARGIN, 74, "blue: with weights; bar: multiply-adds of a part"));
    layout.paths().forEach(path -> edge(out, layout, path, left));
    long most = boxes.stream().mapToLong(Box::cost).max().orElse(0);
    for (int i = 0; i < boxes.size(); i++) {
      box(out, boxes.get(i), left + layout.x(i) - WIDTH / 2.0, top(layout.layer(i)), most);
    }
    return out.append("</svg>\n").toString();
  }

  private String sums() {
    return "%s parameters, %s multiply-adds"
        .formatted(Numbers.count(graph.parameters()), Numbers.count(graph.multiplyAdds()));
  }

  /** Puts rows into boxes, and says which boxes each reads. */
  private void join(List<Box> boxes, List<List<Integer>> inputs) {
    List<ModelGraph.Row> rows = graph.rows();
    int[] readers = new int[rows.size()];
    rows.forEach(row -> row.inputs().forEach(from -> readers[from]++));
    int[] boxOf = new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      ModelGraph.Row row = rows.get(i);
      int from = row.inputs().size() == 1 ? row.inputs().get(0) : 0; // the input stands alone
      boolean joins =
          from > 0
              && readers[from] == 1
              && row.reads().isEmpty()
              && row.shape().equals(rows.get(from).shape());
      if (joins) {
        boxOf[i] = boxOf[from];
        boxes.set(boxOf[i], boxes.get(boxOf[i]).and(row));
      } else {
        boxOf[i] = boxes.size();
        boxes.add(Box.of(row));
        inputs.add(row.inputs().stream().map(r -> boxOf[r]).distinct().toList());
      }
    }
  }

  private static int top(int layer) {
    return TOP + layer * STEP;
  }

  private static void box(StringBuilder out, Box box, double x, int y, long most) {
    String learned = box.parameters() > 0 ? " learned" : "";
    out.append(
        format(
            "<g><title>%s</title><rect class=\"box%s\" x=\"%.0f\" y=\"%d\" width=\"%d\""
                + " height=\"%d\" rx=\"6\"/>\n",
            Xml.escape(box.name() + ": " + String.join(", ", box.operators())),
            learned,
            x,
            y,
            WIDTH,
            HEIGHT));
    out.append(LineChart.text("name", x + 12, y + 19, ending(box.name())));
    out.append(LineChart.text("", x + 12, y + 35, shortened(box.says())));
    out.append(LineChart.text("", x + 12, y + 51, box.last().shape().toString()));
    if (box.parameters() > 0) {
      String count = Numbers.count(box.parameters());
      out.append(LineChart.text("end", x + WIDTH - 12, y + 51, count));
    }
    if (box.cost() > 0) {
      double length = (WIDTH - 24.0) * box.cost() / most;
      out.append(
          format(
              "<rect class=\"cost\" x=\"%.0f\" y=\"%d\" width=\"%.1f\" height=\"3\" rx=\"1.5\"/>\n",
              x + 12, y + HEIGHT - 5, Math.max(1, length)));
    }
    out.append("</g>\n");
  }

  /** Down from box to box, straight past the layers between them. */
  private static void edge(
      StringBuilder out, LayeredLayout layout, List<Integer> path, double left) {
    StringBuilder d = new StringBuilder();
    for (int i = 1; i < path.size(); i++) {
      int u = path.get(i - 1);
      int v = path.get(i);
      double from = left + layout.x(u);
      double to = left + layout.x(v);
      int y = top(layout.layer(u)) + HEIGHT;
      int end = top(layout.layer(v));
      int middle = (y + end) / 2;
      d.append(i == 1 ? format("M%.0f %d", from, y) : format("L%.0f %d", from, y));
      d.append(
          from == to
              ? format("L%.0f %d", to, end)
              : format("C%.0f %d %.0f %d %.0f %d", from, middle, to, middle, to, end));
    }
    int last = path.get(path.size() - 1);
    double x = left + layout.x(last);
    int y = top(layout.layer(last));
    out.append(format("<path class=\"edge\" d=\"%s\"/>", d));
    out.append(
        format(
            "<path class=\"tip\" d=\"M%.0f %dL%.0f %dL%.0f %dZ\"/>\n",
            x, y, x - 4, y - 7, x + 4, y - 7));
  }

  /** The end of a name says more than its beginning, and than what PyTorch adds to all of them. */
  private static String ending(String name) {
    String text = name.replaceFirst("_output_0$", "");
    int length = text.codePointCount(0, text.length());
    return length <= LONGEST
        ? text
        : "…" + text.substring(text.offsetByCodePoints(0, length - LONGEST + 1));
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
