package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TourSettings;
import dev.bagel.adversarial.tour.TrainedNet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report of a tour: the one list of what it shows. */
public final class TourSections {
  private TourSections() {}

  /**
   * Every section that has something to show, in the order of the page.
   *
   * @param photographs the sections of {@link ImagenetSections}
   */
  public static List<Section> of(TourResult r, List<Section> photographs, Provenance provenance) {
    List<Section> sections = new ArrayList<>();
    r.targeted().ifPresent(t -> sections.add(new HeroSection(t)));
    if (!r.examples().isEmpty()) {
      sections.add(new ExamplesSection(r.examples()));
    }
    sections.add(new CurvesSection(r));
    sections.add(new TableSection(r));
    sections.add(new TrainingSection(r));
    sections.addAll(photographs);
    sections.add(
        new ProvenanceSection(
            provenance,
            settings(r),
            "With the same Bagel and the same kernels, the seed decides every number here except"
                + " the seconds, for any number of threads."));
    return sections;
  }

  /** The page. */
  public static Report report(TourResult r, List<Section> photographs, Provenance provenance) {
    return new Report(
        "A small change, and the net is wrong",
        "Bagel’s tour · " + r.data().name(),
        lead(r),
        figures(r),
        of(r, photographs, provenance));
  }

  private static String lead(TourResult r) {
    String epsilon = Numbers.plain(r.settings().epsilon());
    return "A conv-net learned from %s images, and is right on %s of %s that it never saw. Change no pixel by more than %s of its range, in the right direction, and it is right on %s. Trained on such changes, the same net is right on %s."
        .formatted(
            Numbers.count(r.data().trainImages()),
            Numbers.percent(r.plain().accuracy()),
            Numbers.count(r.data().testImages()),
            epsilon,
            Numbers.percent(attacked(r, r.plain())),
            Numbers.percent(attacked(r, r.hardened())));
  }

  private static List<Report.Figure> figures(TourResult r) {
    String attack = "under attack, ε\u00a0=\u00a0" + Numbers.plain(r.settings().epsilon());
    List<Report.Figure> figures = new ArrayList<>();
    for (TrainedNet net : r.nets()) {
      String tone = net.name();
      figures.add(
          new Report.Figure(Numbers.percent(net.accuracy()), tone + " net, no attack", tone));
      figures.add(
          new Report.Figure(Numbers.percent(attacked(r, net)), tone + " net, " + attack, tone));
    }
    return figures;
  }

  /** What is left under the strongest attack that was tried on a net. */
  private static double attacked(TourResult r, TrainedNet net) {
    double pgd = net.curve("PGD").at(r.settings().epsilon());
    return net.name().equals(r.hardened().name()) ? Math.min(pgd, r.check().accuracy()) : pgd;
  }

  private static Map<String, String> settings(TourResult r) {
    TourSettings s = r.settings();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", Long.toString(s.seed()));
    settings.put(
        "data",
        "%s: the first %s training images, the first %s test images"
            .formatted(r.data().name(), r.data().trainImages(), r.data().testImages()));
    settings.put("net", s.net().toString());
    settings.put("weights", Numbers.count(r.plain().model().params().count()));
    settings.put("training", s.plain().toString());
    settings.put("hardening", s.hardening().toString());
    for (var curve : r.plain().curves()) {
      settings.put(
          curve.attack() + ", at the largest ε",
          curve.points().get(curve.points().size() - 1).settings());
    }
    settings.put("stronger attack", s.check().toString());
    settings.put("targeted search", s.targeting().toString());
    r.targeted().ifPresent(t -> settings.put("targeted attack", t.example().attack()));
    settings.put("seconds in all", Numbers.seconds(r.seconds()));
    return settings;
  }
}
