package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.report.LineChart.Line;
import dev.bagel.adversarial.report.LineChart.Mark;
import dev.bagel.adversarial.report.LineChart.Point;
import dev.bagel.adversarial.report.LineChart.Tone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LineChartTest {
  private static final String HOSTILE = "</title><script>alert('1')</script>&\u0000\"";

  @Test
  void hostileTextStaysText() {
    LineChart chart =
        new LineChart(
            HOSTILE,
            HOSTILE,
            Axis.linear(HOSTILE, 0, 1),
            Axis.share(HOSTILE),
            List.of(new Line(HOSTILE, Tone.PGD, List.of(new Point(0, 0), new Point(1, 1)))),
            List.of(new Mark(0.5, HOSTILE)));
    Element svg = Documents.parse(chart.svg()).getDocumentElement();
    assertEquals(0, svg.getElementsByTagName("script").getLength());
    String title = svg.getElementsByTagName("title").item(0).getTextContent();
    assertEquals(HOSTILE.replace('\u0000', '\ufffd'), title);
  }

  @Test
  void pointsStandWhereTheAxesSay() {
    List<Point> points =
        List.of(new Point(0, 0), new Point(0.05, 0.25), new Point(0.1, 0.5), new Point(0.2, 1));
    List<double[]> places = places(chart(List.of(new Line("a", Tone.PGD, points))));
    double[] first = places.get(0);
    double[] last = places.get(3);
    for (int i = 0; i < points.size(); i++) {
      double across = points.get(i).x() / 0.2;
      double up = points.get(i).y();
      assertEquals(first[0] + across * (last[0] - first[0]), places.get(i)[0], 0.06); // of 0.1
      assertEquals(first[1] + up * (last[1] - first[1]), places.get(i)[1], 0.06);
    }
    assertTrue(first[0] < last[0], "to the right");
    assertTrue(first[1] > last[1], "upwards");
  }

  @Test
  void namesOfLinesThatEndTogetherDoNotCoverEachOther() {
    for (double end : new double[] {0, 0.5, 1}) {
      List<Line> lines = new ArrayList<>();
      for (Tone tone : Tone.values()) {
        lines.add(new Line(tone.name(), tone, List.of(new Point(0, 1), new Point(0.2, end))));
      }
      List<Double> heights = new ArrayList<>();
      NodeList texts = elements(chart(lines), "text");
      for (int i = 0; i < texts.getLength(); i++) {
        Element text = (Element) texts.item(i);
        if (text.getAttribute("class").startsWith("name")) {
          heights.add(Double.valueOf(text.getAttribute("y")));
        }
      }
      assertEquals(Tone.values().length, heights.size());
      for (int i = 1; i < heights.size(); i++) {
        assertTrue(heights.get(i) - heights.get(i - 1) >= 14.8, heights.toString());
      }
      assertTrue(heights.get(0) > 0 && heights.get(4) < LineChart.HEIGHT, heights.toString());
    }
  }

  @Test
  void ticksAreRoundAndOnTheAxis() {
    assertEquals("[0, 0.02, 0.04, 0.06, 0.08, 0.1]", printed(Axis.linear("", 0, 0.1)));
    assertEquals("[0 %, 20 %, 40 %, 60 %, 80 %, 100 %]", printed(Axis.share("")));
    assertEquals("[2, 4, 6, 8, 10]", printed(Axis.linear("", 1, 10)));
    assertEquals("[0, 0.5, 1, 1.5, 2, 2.5]", printed(Axis.linear("", 0, 2.53)));
  }

  @Test
  void anAxisGoesSomewhere() {
    assertThrows(IllegalArgumentException.class, () -> Axis.linear("", 1, 1));
    assertThrows(IllegalArgumentException.class, () -> Axis.linear("", 0, Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> Axis.linear("", 0, Double.POSITIVE_INFINITY));
  }

  private static String printed(Axis axis) {
    return axis.ticks().stream().map(axis::print).toList().toString();
  }

  private static LineChart chart(List<Line> lines) {
    return new LineChart(
        "title", "description", Axis.linear("x", 0, 0.2), Axis.share("y"), lines, List.of());
  }

  private static NodeList elements(LineChart chart, String name) {
    return Documents.parse(chart.svg()).getElementsByTagName(name);
  }

  private static List<double[]> places(LineChart chart) {
    NodeList dots = elements(chart, "circle");
    assertFalse(dots.getLength() == 0, "no dots");
    List<double[]> places = new ArrayList<>();
    for (int i = 0; i < dots.getLength(); i++) {
      Element dot = (Element) dots.item(i);
      places.add(
          new double[] {
            Double.parseDouble(dot.getAttribute("cx")), Double.parseDouble(dot.getAttribute("cy"))
          });
    }
    return places;
  }
}
