package dev.bagel.adversarial.report;

import dev.bagel.adversarial.audit.Finding;
import gg.jte.Content;
import java.util.List;

/** Reasons to doubt a figure of robustness, each with what to do about it. */
public record FindingsSection(List<Finding> findings, int audited) implements Section {
  /** Keeps a copy. */
  public FindingsSection {
    findings = List.copyOf(findings);
  }

  @Override
  public String id() {
    return "findings";
  }

  @Override
  public String title() {
    return switch (findings.size()) {
      case 0 -> "Nothing speaks against this figure";
      case 1 -> "One reason to read this figure with care";
      default -> findings.size() + " reasons to read this figure with care";
    };
  }

  @Override
  public Content body() {
    return Templates.show("findings", this);
  }
}
