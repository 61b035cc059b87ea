package dev.bagel.adversarial.report;

import dev.bagel.adversarial.audit.Assessed;
import dev.bagel.adversarial.audit.Stage;
import dev.bagel.nn.Bounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report of an assessment: the one list of what it shows. */
public final class AssessmentSections {
  private AssessmentSections() {}

  /**
   * The page.
   *
   * @param model what was assessed, and on what
   */
  public static Report report(
      Assessed r, String model, List<String> classNames, Bounds bounds, Provenance provenance) {
    List<Section> sections = new ArrayList<>();
    sections.add(new StagesSection(r));
    sections.add(new FindingsSection(r.findings(), r.audited()));
    if (!r.points().isEmpty()) {
      sections.add(new RadiusSection(r));
    }
    WorstSection worst = WorstSection.of(r, classNames);
    if (!worst.rows().isEmpty() && r.x().shape().rank() == 4 && bounds.equals(Bounds.UNIT)) {
      sections.add(worst);
    }
    sections.add(
        new ProvenanceSection(
            provenance,
            settings(r),
            "With the same Bagel and the same kernels, the seed decides every number here, for any"
                + " number of threads, and however often the run was interrupted."));
    return new Report(
        "How well it stands", "Bagel’s evaluation · " + model, lead(r), figures(r), sections);
  }

  private static String lead(Assessed r) {
    return "Of %s inputs, %s are classified correctly. Within %s ε = %s, %s withstand everything that was tried; %s."
        .formatted(
            Numbers.count(r.fates().size()),
            Numbers.percent(r.cleanAccuracy()),
            r.auto().ball().norm().label(),
            Numbers.plain(r.auto().ball().epsilon()),
            Numbers.percent(r.robustAccuracy()),
            r.findings().isEmpty()
                ? "the audit found no reason to doubt that"
                : "read what the audit found before you believe that");
  }

  private static List<Report.Figure> figures(Assessed r) {
    return List.of(
        new Report.Figure(Numbers.percent(r.cleanAccuracy()), "right, no attack", "plain"),
        new Report.Figure(Numbers.percent(r.robustAccuracy()), "right, worst case", "hardened"),
        new Report.Figure(Numbers.count(r.fates().size()), "inputs", ""),
        new Report.Figure(
            Integer.toString(r.findings().size()),
            r.findings().size() == 1 ? "finding" : "findings",
            ""));
  }

  private static Map<String, String> settings(Assessed r) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (var m : r.auto().members()) {
      settings.put(m.name(), m.attack().toString());
    }
    settings.put("audit", r.audit().toString());
    long gradients = r.stages().stream().mapToLong(s -> s.cost().gradients()).sum();
    settings.put("gradients in all", Numbers.count(gradients));
    long forwards = r.stages().stream().map(Stage::cost).mapToLong(c -> c.forwards()).sum();
    settings.put("forward passes beside", Numbers.count(forwards));
    return settings;
  }
}
