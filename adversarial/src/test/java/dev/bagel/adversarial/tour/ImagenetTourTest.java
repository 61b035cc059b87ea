package dev.bagel.adversarial.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.report.ImagenetSections;
import dev.bagel.adversarial.report.Report;
import dev.bagel.adversarial.report.TourSummary;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.nn.layer.GlobalMeanPool;
import dev.bagel.nn.layer.Layer;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demonstrations on a small net of a thousand classes that has learned nothing. */
class ImagenetTourTest {
  private static final List<String> FILES = List.of("n02395406_hog.png", "n07693725_bagel.png");
  private static final List<String> LINES = new ArrayList<>();
  private static ImagenetResult result;

  private static ImagenetPictures pictures(int classes, List<String> files) {
    Layer net =
        Layer.sequential(
            Layer.conv(3, 6, 3, 1, 1), Layer.relu(), new GlobalMeanPool(), Layer.dense(6, classes));
    Model model = Model.init(net, Shape.of(3, 12, 10), Rng.of(3)).with(Bounds.UNIT);
    Tensor x = Tensor.uniform(Shape.of(files.size(), 3, 12, 10), 0, 1, Rng.of(4));
    List<String> names = IntStream.range(0, classes).mapToObj(k -> "<class " + k + ">").toList();
    return new ImagenetPictures("a & b.onnx", model, names, files, x);
  }

  private static ImagenetResult run(List<String> lines) {
    ImagenetPictures pictures = pictures(ImagenetPictures.CLASSES, FILES);
    return new ImagenetTour(Budget.SMALL.imagenet(5), pictures, Progress.NONE, lines::add).run();
  }

  @BeforeAll
  static void once() {
    result = run(LINES);
  }

  @Test
  void everyPictureIsInItsBall() {
    for (Example e : List.of(result.piano(), result.terrier())) {
      float most = e.adversarial().sub(e.clean()).abs().maxTo(Shape.of()).item();
      assertTrue(most <= 2 / 255.0 + 1e-6, "outside: " + most);
      assertTrue(most > 1 / 255.0, "nothing was done: " + most);
    }
  }

  @Test
  void everyOptimizerHasEveryStart() {
    assertEquals(6, result.crafted().size());
    for (ImagenetResult.Crafted c : result.crafted()) {
      assertEquals(3, c.verdicts().size());
      long hits = c.verdicts().stream().filter(v -> v.predicted() == 189).count();
      assertEquals(hits, c.reached());
    }
  }

  @Test
  void aPhotographIsRecognisedWithinItsDistanceOnly() {
    Curve deepFool = result.curves().get(1);
    assertEquals("DeepFool", deepFool.attack());
    for (Curve.Point p : deepFool.points()) {
      long left = result.nearest().stream().filter(n -> n.distance() > p.epsilon()).count();
      assertEquals(left / 2.0, p.accuracy(), 1e-9);
    }
    for (ImagenetResult.Nearest n : result.nearest()) {
      boolean found = Double.isFinite(n.distance());
      assertEquals(found, n.before().predicted() != n.after().predicted());
    }
  }

  @Test
  void theMedianIsTheMiddleOrTheMeanOfTwo() {
    double a = result.nearest().get(0).distance();
    double b = result.nearest().get(1).distance();
    assertEquals((a + b) / 2, result.medianDistance(), 1e-12);
  }

  @Test
  void theMapsAreOfThePicturesAndOfWhatIsSaidOfThem() {
    assertEquals(result.terrier().clean(), result.before().picture());
    assertEquals(result.terrier().adversarial(), result.after().picture());
    assertEquals(result.terrier().after(), result.after().verdict());
    assertEquals(Shape.of(1, 12, 10), result.before().map().values().shape());
  }

  @Test
  void theSameSeedFindsTheSame() {
    List<String> lines = new ArrayList<>();
    ImagenetResult again = run(lines);
    assertEquals(LINES, lines);
    assertEquals(result.piano().adversarial(), again.piano().adversarial());
    assertEquals(result.crafted(), again.crafted());
  }

  @Test
  void theReportShowsItAndHostileNamesStayText() {
    Report report = new Report("A", "B", "C", List.of(), ImagenetSections.of(result));
    String html = report.html();
    for (String id : List.of("photographs", "optimizers", "nearest", "focus")) {
      assertTrue(html.contains("<section id=\"" + id + "\""), id);
    }
    assertTrue(html.contains("a &amp; b.onnx"));
    assertTrue(html.contains("&lt;class "));
    assertFalse(html.contains("<class"));
    assertTrue(html.contains("2/255"));
  }

  @Test
  void aReportWithoutThemSaysWhatIsMissing() {
    List<dev.bagel.adversarial.report.Section> none = ImagenetSections.missing("no <folder>");
    String html = new Report("A", "B", "C", List.of(), none).html();
    assertTrue(html.contains("no &lt;folder&gt;"), html);
  }

  @Test
  void theSummaryHasTheSameNumbers() {
    Map<String, Object> summary = TourSummary.of(result);
    assertEquals("a & b.onnx", summary.get("network"));
    assertEquals(6, ((List<?>) summary.get("optimizers")).size());
    Map<?, ?> distances = (Map<?, ?>) summary.get("distances");
    assertEquals(result.nearest().get(1).distance(), distances.get(FILES.get(1)));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    String classes =
        assertThrows(IllegalArgumentException.class, () -> pictures(10, FILES)).getMessage();
    assertEquals("10 classes: ImageNet has a thousand", classes);
    String files =
        assertThrows(
                IllegalArgumentException.class, () -> pictures(1000, List.of("n02395406_hog.png")))
            .getMessage();
    assertEquals("no picture n07693725… among [n02395406_hog.png]", files);
  }
}
