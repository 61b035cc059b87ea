package dev.bagel.adversarial.report;

import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Tensor;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Explanations side by side, as an SVG that stands alone: for each input its picture, the map, the
 * map over the picture, and what the model says.
 *
 * @param title what was done, in a line
 * @param note how to read it, in a line
 * @param rows one for each input
 */
public record ExplanationSheet(String title, String note, List<Row> rows) {
  private static final int SIDE = 176;
  private static final int LEFT = 20;
  private static final int STEP = SIDE + 14;
  private static final int TOP = 96;
  private static final int ROW = SIDE + 22;
  private static final int TEXT = LEFT + 3 * STEP + 8;
  private static final int BAR = 250;
  private static final int WIDTH = TEXT + BAR + LEFT;
  private static final int LINE = 36;
  private static final int LONGEST = 38; // characters beside the pictures
  private static final int WIDEST = 70; // in the title
  private static final int SMALL = 64;
  private static final String STYLE =
      """
      .paper { fill: var(--paper); }
      text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
      .head { font-weight: 650; font-size: 18px; fill: var(--ink); }
      .says { font-size: 14px; fill: var(--ink); }
      .asked { font-weight: 650; }
      .end { text-anchor: end; }
      .track { fill: var(--rule); }
      .bar { fill: var(--soft); }
      .bar.asked { fill: var(--hardened); }
      .small { image-rendering: pixelated; }
      """;

  public ExplanationSheet {
    rows = List.copyOf(rows);
  }

  /**
   * One input.
   *
   * @param name what it is called
   * @param input its picture, [3, H, W] from 0 to 1, as are the others
   * @param answers what the model says, the likeliest class first
   */
  public record Row(String name, Tensor input, Tensor map, Tensor overlay, List<Answer> answers) {
    public Row {
      answers = List.copyOf(answers);
    }
  }

  /**
   * A class and how likely the model finds it.
   *
   * @param asked whether it is the one that is explained
   */
  public record Answer(String name, double probability, boolean asked) {}

  /** The file's content. */
  public String svg() {
    int height = TOP + rows.size() * ROW;
    StringBuilder out = new StringBuilder();
    out.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n<style>%s%s</style>\n",
            WIDTH, height, WIDTH, height, Xml.escape(title), Palette.CSS, STYLE));
    out.append(format("<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height));
    out.append(LineChart.text("head", LEFT, 34, shortened(title, WIDEST)));
    out.append(LineChart.text("", LEFT, 56, shortened(note, 2 * WIDEST)));
    List<String> heads = List.of("input", "map", "map over input");
    for (int c = 0; c < heads.size(); c++) {
      out.append(LineChart.text("", LEFT + c * STEP, TOP - 10, heads.get(c)));
    }
    for (int r = 0; r < rows.size(); r++) {
      row(out, rows.get(r), TOP + r * ROW);
    }
    return out.append("</svg>\n").toString();
  }

  private static void row(StringBuilder out, Row row, int top) {
    picture(out, row.input(), LEFT, top);
    picture(out, row.map(), LEFT + STEP, top);
    picture(out, row.overlay(), LEFT + 2 * STEP, top);
    out.append(LineChart.text("", TEXT, top + 12, shortened(row.name(), LONGEST)));
    for (int i = 0; i < row.answers().size(); i++) {
      answer(out, row.answers().get(i), top + 36 + i * LINE);
    }
  }

  private static void answer(StringBuilder out, Answer a, int y) {
    String asked = a.asked() ? " asked" : "";
    String percent = Numbers.percent(a.probability());
    out.append(LineChart.text("says" + asked, TEXT, y, shortened(a.name(), LONGEST - 10)));
    out.append(LineChart.text("says end" + asked, TEXT + BAR, y, percent));
    out.append(bar("track", BAR, y));
    out.append(bar("bar" + asked, BAR * a.probability(), y));
  }

  private static String bar(String kind, double length, int y) {
    return format(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"4\" rx=\"2\"/>\n",
        kind, TEXT, y + 7, length);
  }

  /** In a square, whatever its proportions. */
  private static void picture(StringBuilder out, Tensor picture, int x, int y) {
    byte[] png = PngFile.bytes(picture, Bounds.UNIT);
    out.append(
        format(
            "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"%s"
                + " href=\"data:image/png;base64,%s\"/>\n",
            x,
            y,
            SIDE,
            SIDE,
            picture.shape().dim(2) <= SMALL ? " class=\"small\"" : "",
            Base64.getEncoder().encodeToString(png)));
  }

  private static String shortened(String text, int longest) {
    return text.codePointCount(0, text.length()) <= longest
        ? text
        : text.substring(0, text.offsetByCodePoints(0, longest - 1)) + "…";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
