package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Fate;
import dev.bagel.adversarial.audit.Finding;
import dev.bagel.adversarial.audit.Point;
import dev.bagel.adversarial.audit.Stage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An evaluation as a document: everything but the seconds, which are never the same twice. */
final class EvaluateDocument {
  private EvaluateDocument() {}

  static Map<String, Object> of(
      Assessed r, ModelOptions.Named model, Examples examples, long seed) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("command", "evaluate");
    document.put("model", model.source());
    document.put("data", examples.toMap());
    document.put("seed", seed);
    document.put("norm", r.auto().ball().norm().label());
    document.put("eps", r.auto().ball().epsilon());
    document.put("clean_accuracy", r.cleanAccuracy());
    document.put("robust_accuracy", r.robustAccuracy());
    document.put("stages", r.stages().stream().map(EvaluateDocument::stage).toList());
    document.put("audited", r.audited());
    document.put("audit", r.audit().toString());
    document.put("curve", r.points().stream().map(EvaluateDocument::point).toList());
    document.put("findings", r.findings().stream().map(EvaluateDocument::finding).toList());
    document.put("attacks", attacks(r));
    document.put("inputs", inputs(r.fates()));
    document.put("versions", Versions.all());
    return document;
  }

  private static Map<String, Object> stage(Stage s) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("attack", s.name());
    map.put("attacked", s.attacked());
    map.put("fooled", s.fooled());
    map.put("accuracy", s.accuracy());
    map.put("gradients", s.cost().gradients());
    map.put("forwards", s.cost().forwards());
    return map;
  }

  private static Map<String, Object> point(Point p) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("eps", p.epsilon());
    map.put("accuracy", p.accuracy());
    return map;
  }

  private static Map<String, Object> finding(Finding f) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("finding", f.name());
    map.put("what", f.what());
    map.put("advice", f.advice());
    map.put("paper", f.paper());
    map.put("numbers", f.toString());
    return map;
  }

  private static Map<String, Object> attacks(Assessed r) {
    Map<String, Object> map = new LinkedHashMap<>();
    r.auto().members().forEach(m -> map.put(m.name(), m.attack().toString()));
    return map;
  }

  private static List<Map<String, Object>> inputs(List<Fate> fates) {
    return fates.stream()
        .map(
            f -> {
              Map<String, Object> map = new LinkedHashMap<>();
              map.put("number", f.example());
              map.put("label", f.label());
              map.put("clean", f.clean());
              map.put("robust", f.isRobust());
              map.put("worst", f.predicted());
              map.put("by", f.by().isEmpty() ? null : f.by());
              map.put("distance", f.distance());
              return map;
            })
        .toList();
  }
}
