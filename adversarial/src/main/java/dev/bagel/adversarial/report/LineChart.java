package dev.bagel.adversarial.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Lines in a box, as SVG. Every line carries its name at its end, where the eye arrives, and has a
 * pattern of its own beside its colour.
 *
 * @param title what is drawn, for who cannot see it too
 * @param description what there is to see in it, in words
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param lines what is drawn
 * @param marks values of x worth a mark
 */
public record LineChart(
    String title, String description, Axis x, Axis y, List<Line> lines, List<Mark> marks) {
  static final int WIDTH = 460;
  static final int HEIGHT = 300;
  private static final int LEFT = 52;
  private static final int RIGHT = 92;
  private static final int TOP = 30;
  private static final int BOTTOM = 46;
  private static final double LABEL_HEIGHT = 15;

  public LineChart {
    lines = List.copyOf(lines);
    marks = List.copyOf(marks);
  }

  /** How a line looks: the name of its colour in the style sheet, and its pattern. */
  public enum Tone {
    NOISE("1 5"),
    FGSM("7 4"),
    PGD(""),
    DEEPFOOL("7 4"),
    PLAIN("7 4"),
    HARDENED("");

    private final String dashes;

    Tone(String dashes) {
      this.dashes = dashes;
    }

    String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A place on a line. */
  public record Point(double x, double y) {}

  /** A line and its name. */
  public record Line(String name, Tone tone, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  /** A value of x and why it is marked. */
  public record Mark(double x, String why) {}

  /** The chart as an element that stands in a page or in another SVG. */
  public String svg() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %s %s" role="img">
    <title>%s</title><desc>%s</desc>
    """
            .formatted(WIDTH, HEIGHT, Xml.escape(title), Xml.escape(description))
        + content()
        + "</svg>\n";
  }

  /** What is in it, in a box of {@link #WIDTH} × {@link #HEIGHT}. */
  String content() {
    StringBuilder out = new StringBuilder();
    grid(out);
    marks.forEach(m -> mark(out, m));
    lines.forEach(line -> line(out, line));
    names(out);
    return out.toString();
  }

  private void grid(StringBuilder out) {
    for (double tick : y.ticks()) {
      double at = down(tick);
      out.append(segment("grid", LEFT, at, WIDTH - RIGHT, at));
      out.append(text("tick end", LEFT - 8, at + 4, y.print(tick)));
    }
    double foot = HEIGHT - BOTTOM;
    out.append(segment("axis", LEFT, foot, WIDTH - RIGHT, foot));
    for (double tick : x.ticks()) {
      double at = across(tick);
      out.append(segment("axis", at, foot, at, foot + 4));
      out.append(text("tick middle", at, foot + 18, x.print(tick)));
    }
    out.append(text("label middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, x.label()));
    out.append(text("label", 2, 14, y.label()));
  }

  private void mark(StringBuilder out, Mark m) {
    out.append(segment("mark", across(m.x()), TOP - 6, across(m.x()), HEIGHT - BOTTOM));
    out.append(text("tick middle", across(m.x()), TOP - 10, m.why()));
  }

  private void line(StringBuilder out, Line line) {
    StringBuilder path = new StringBuilder();
    for (Point p : line.points()) {
      path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : "L", across(p.x()), down(p.y())));
    }
    String tone = line.tone().css();
    out.append(
        format(
            "<path class=\"line %s\" stroke-dasharray=\"%s\" d=\"%s\"/>%n",
            tone, line.tone().dashes.isEmpty() ? "none" : line.tone().dashes, path));
    for (Point p : line.points()) {
      String says = line.name() + ": " + y.read(p.y()) + " at " + x.read(p.x());
      out.append(
          format(
              "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\""
                  + " r=\"3\"><title>%s</title></circle>%n",
              tone, across(p.x()), down(p.y()), Xml.escape(says)));
    }
  }

  /** The names at the ends of the lines, moved apart where the ends are too near. */
  private void names(StringBuilder out) {
    List<Line> byHeight = new ArrayList<>(lines);
    byHeight.removeIf(line -> line.points().isEmpty());
    byHeight.sort(Comparator.comparingDouble(line -> down(end(line).y())));
    double[] at = byHeight.stream().mapToDouble(line -> down(end(line).y())).toArray();
    for (int i = 1; i < at.length; i++) {
      at[i] = Math.max(at[i], at[i - 1] + LABEL_HEIGHT);
    }
    double lowest = HEIGHT - BOTTOM - 2;
    for (int i = at.length - 1; i >= 0; i--) {
      at[i] = Math.min(at[i], lowest - (at.length - 1 - i) * LABEL_HEIGHT);
    }
    for (int i = 0; i < at.length; i++) {
      Line line = byHeight.get(i);
      double from = across(end(line).x()) + 9;
      out.append(text("name " + line.tone().css(), from, at[i] + 4, line.name()));
    }
  }

  private static Point end(Line line) {
    return line.points().get(line.points().size() - 1);
  }

  private double across(double value) {
    return LEFT + x.place(value) * (WIDTH - RIGHT - LEFT);
  }

  private double down(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - BOTTOM - TOP);
  }

  private static String segment(String kind, double x1, double y1, double x2, double y2) {
    return format(
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
        kind, x1, y1, x2, y2);
  }

  static String text(String kind, double x, double y, String text) {
    return format(
        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", kind, x, y, Xml.escape(text));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern.replace("%n", "\n"), values);
  }
}
