package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Curve;
import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.ImagenetResult;
import dev.bagel.adversarial.tour.Targeted;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TrainedNet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tour's findings for programs: maps, lists, texts and numbers. */
public final class TourSummary {
  private TourSummary() {}

  /** The document that {@code bagel tour --json} prints. */
  public static Map<String, Object> of(TourResult r, Path report) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("report", report.toString());
    all.put("seed", r.settings().seed());
    all.put("data", r.data().name());
    all.put("train_images", r.data().trainImages());
    all.put("test_images", r.data().testImages());
    all.put("epsilon", r.settings().epsilon());
    for (TrainedNet net : r.nets()) {
      all.put(net.name(), net(net));
    }
    all.put("stronger_attack_accuracy", r.check().accuracy());
    r.targeted().ifPresent(t -> all.put("targeted", targeted(t)));
    all.put("seconds", r.seconds());
    return all;
  }

  /** What {@code bagel tour --json} prints of the photographs. */
  public static Map<String, Object> of(ImagenetResult r) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("network", r.pictures().network());
    all.put("epsilon", r.piano().ball().epsilon());
    all.put("bagel", example(r.piano()));
    all.put("hog", example(r.terrier()));
    List<Object> optimizers = new ArrayList<>();
    for (ImagenetResult.Crafted c : r.crafted()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("optimizer", c.entrant().optimizer().toString());
      map.put("steps", r.settings().race().steps());
      map.put("starts", r.settings().starts());
      map.put("reached", c.reached());
      map.put("target_probability", c.target());
      optimizers.add(map);
    }
    all.put("optimizers", optimizers);
    Map<String, Object> distances = new LinkedHashMap<>();
    r.nearest().forEach(n -> distances.put(n.file(), n.distance()));
    all.put("distances", distances);
    all.put("curves", points(r.curves()));
    all.put("map_correlation", r.agreement().correlation());
    all.put("seconds", r.seconds());
    return all;
  }

  private static Map<String, Object> example(Example e) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("before", e.before().name());
    map.put("confidence_before", e.before().confidence());
    map.put("after", e.after().name());
    map.put("confidence_after", e.after().confidence());
    map.put("distance", e.distance());
    return map;
  }

  private static Map<String, Object> net(TrainedNet net) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("clean_accuracy", net.accuracy());
    map.put("training_seconds", net.seconds());
    map.put("curves", points(net.curves()));
    return map;
  }

  private static List<Object> points(List<Curve> curves) {
    List<Object> points = new ArrayList<>();
    for (Curve c : curves) {
      for (Curve.Point p : c.points()) {
        Map<String, Object> point = new LinkedHashMap<>();
        point.put("attack", c.attack());
        point.put("epsilon", p.epsilon());
        point.put("robust_accuracy", p.accuracy());
        point.put("seconds", p.seconds());
        point.put("gradients", p.cost().gradients());
        point.put("forwards", p.cost().forwards());
        points.add(point);
      }
    }
    return points;
  }

  private static Map<String, Object> targeted(Targeted t) {
    Example e = t.example();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("image", e.number());
    map.put("label", e.label());
    map.put("target", t.target());
    map.put("epsilon", e.ball().epsilon());
    map.put("distance", e.distance());
    map.put("confidence_before", e.before().confidence());
    map.put("target_before", t.doubt());
    map.put("target_after", e.after().confidence());
    map.put("hardened_says", t.transferred().name());
    return map;
  }
}
