package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Example;
import dev.bagel.adversarial.tour.Targeted;
import gg.jte.Content;

/** The targeted example, large. */
public record HeroSection(Targeted targeted) implements Section {
  @Override
  public String id() {
    return "targeted";
  }

  @Override
  public String title() {
    Example e = targeted.example();
    return "“%s” becomes “%s” when no pixel moves by more than %s"
        .formatted(e.label(), targeted.target(), Numbers.plain(e.ball().epsilon()));
  }

  public Triptych pictures() {
    return new Triptych(targeted.example(), true);
  }

  /** How likely the target was before. */
  public String doubt() {
    return Numbers.odds(targeted.doubt());
  }

  /** What the hardened net says of the same picture. */
  public String transferred() {
    return targeted.transferred().name()
        + " ("
        + Numbers.percent(targeted.transferred().confidence())
        + ")";
  }

  /** What it says when it is attacked itself. */
  public String attacked() {
    return targeted.hardened().after().name()
        + " ("
        + Numbers.percent(targeted.hardened().after().confidence())
        + ")";
  }

  @Override
  public Content body() {
    return Templates.show("hero", this);
  }
}
