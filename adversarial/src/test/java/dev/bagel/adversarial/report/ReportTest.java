package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Cost;
import dev.bagel.adversarial.tour.Budget;
import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.Targeted;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TourSettings;
import dev.bagel.adversarial.tour.TrainedNet;
import dev.bagel.adversarial.tour.Verdict;
import dev.bagel.nn.Epoch;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.zoo.Zoo;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import gg.jte.Content;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final String HOSTILE = "<script>alert(1)</script>\" onerror='x' ${it} &amp;";
  private static final Provenance PROVENANCE =
      Provenance.here(List.of("java", "--data=" + HOSTILE), Instant.EPOCH);

  @Test
  void hostileNamesStayText() {
    TourResult r = result(HOSTILE);
    String html = TourSections.report(r, List.of(), PROVENANCE).html();
    assertFalse(html.contains("<script"), "a class name became an element");
    assertTrue(html.contains("&lt;script&gt;alert(1)"), "it is shown");
    Matcher tags = Pattern.compile("<[a-z][^>]*>").matcher(html);
    while (tags.find()) {
      // what is in quotes is a value; an attribute of its own would stand outside of them
      String names = tags.group().replaceAll("\"[^\"]*\"", "");
      assertFalse(names.contains("onerror"), tags.group());
    }
    Documents.parse(TourStrip.of(r));
    assertFalse(TourStrip.of(r).contains("<script"));
  }

  @Test
  void aPageRefersToNothingOutside() {
    assertStandsAlone(TourSections.report(result("bag"), List.of(), PROVENANCE).html());
    assertStandsAlone(TourStrip.of(result("bag")));
  }

  @Test
  void everySectionOfTheTourIsThereOnceAndInOrder() {
    TourResult r = result("bag");
    String html = TourSections.report(r, List.of(), PROVENANCE).html();
    int at = 0;
    for (Section s : TourSections.of(r, List.of(), PROVENANCE)) {
      int found = html.indexOf("<section id=\"" + s.id() + "\"");
      assertTrue(found > at, s.id());
      assertEquals(found, html.lastIndexOf("<section id=\"" + s.id() + "\""), s.id());
      at = found;
    }
  }

  @Test
  void aTourThatFoundNoExampleHasAReportAllTheSame() {
    TourResult r = result("bag");
    TourResult none =
        new TourResult(
            r.settings(),
            r.data(),
            r.plain(),
            r.hardened(),
            List.of(),
            Optional.empty(),
            r.check(),
            1);
    String html = TourSections.report(none, List.of(), PROVENANCE).html();
    assertFalse(html.contains("id=\"targeted\""));
    assertTrue(html.contains("id=\"curves\""));
    assertThrows(IllegalArgumentException.class, () -> TourStrip.of(none));
  }

  @Test
  void aReportIsAnyListOfSections() {
    record Note(String id, String text) implements Section {
      @Override
      public String title() {
        return "Note";
      }

      @Override
      public Content body() {
        return output -> output.writeUserContent(text);
      }
    }

    Report report =
        new Report(
            "A", "B", "C", List.of(), List.of(new Note("one", "1 < 2"), new Note("two", "")));
    assertTrue(report.html().contains("1 &lt; 2"), report.html());
    for (List<Section> wrong :
        List.<List<Section>>of(
            List.of(new Note("one", ""), new Note("one", "")), List.of(new Note("a b", "")))) {
      assertThrows(
          IllegalArgumentException.class, () -> new Report("A", "B", "C", List.of(), wrong));
    }
  }

  @Test
  void aCommandIsQuotedForAShell() {
    Provenance p =
        new Provenance(List.of("java", "-jar", "b.jar", "--data=it's here; rm"), Map.of());
    assertEquals("java -jar b.jar '--data=it'\\''s here; rm'", p.line());
  }

  @Test
  void smallProbabilitiesAreOdds() {
    assertEquals("12.3\u00a0%", Numbers.odds(0.1234));
    assertEquals("1 in 350,000", Numbers.odds(1 / 350_123.0));
    assertEquals("less than 1 in 10¹⁵", Numbers.odds(0));
  }

  /** Nothing but data: addresses, and the names of XML's vocabularies. */
  static void assertStandsAlone(String page) {
    assertFalse(page.contains("<script"), "no script");
    assertFalse(page.contains("<link"), "no style sheet of its own");
    assertFalse(page.contains("@import"), "none of the style sheet");
    assertFalse(page.contains("url("), "no address in the style sheet");
    Matcher m = Pattern.compile("(?:src|href|srcset|data)=\"([^\"]*)\"").matcher(page);
    while (m.find()) {
      assertTrue(m.group(1).startsWith("data:image/png;base64,"), m.group());
    }
    String rest = page.replace("http://www.w3.org/2000/svg", "");
    assertFalse(rest.contains("://"), "no address in the text");
  }

  private static TourResult result(String name) {
    Shape shape = Shape.of(1, 4, 4);
    Layer net = Layer.sequential(Layer.flatten(), Zoo.mlp(16, 2));
    Model model = Model.init(net, shape, Rng.of(1));
    TourSettings settings = Budget.SMALL.settings(3, net);
    TrainedNet plain = net("plain", model, settings, 0.9);
    TrainedNet hardened = net("hardened", model, settings, 0.8);
    Example example =
        new Example(
            4,
            name,
            Tensor.full(shape, 0.5f),
            Tensor.full(shape, 0.55f),
            new Verdict(0, name, 0.98),
            new Verdict(1, name, 0.51),
            Ball.linf(0.05),
            0.05,
            name);
    return new TourResult(
        settings,
        new TourResult.Data(name, 100, 10, List.of(name, "b")),
        plain,
        hardened,
        List.of(example, example),
        Optional.of(new Targeted(example, name, 1e-7, 9, 3, new Verdict(0, name, 0.7), example)),
        new Curve.Point(0.05, 0.4, name, 1, Cost.NONE),
        12);
  }

  private static TrainedNet net(String name, Model model, TourSettings s, double accuracy) {
    List<Curve.Point> points =
        List.of(
            new Curve.Point(0, accuracy, "none", 0, Cost.NONE),
            new Curve.Point(0.05, accuracy / 2, HOSTILE, 1, Cost.NONE));
    List<Curve> curves =
        List.of(new Curve("noise", points), new Curve("FGSM", points), new Curve("PGD", points));
    Epoch epoch = new Epoch(1, 0.5, 0.4, accuracy, 1e-3);
    return new TrainedNet(name, s.plain(), model, List.of(epoch), 2, accuracy, curves);
  }
}
