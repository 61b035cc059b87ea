package dev.bagel.adversarial.report;

import gg.jte.Content;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was done exactly, where, and how to do it again.
 *
 * @param provenance the machine and the command
 * @param settings the settings as they print, by name
 * @param same what stays the same when it is repeated
 */
public record ProvenanceSection(Provenance provenance, Map<String, String> settings, String same)
    implements Section {
  /** Keeps a copy, in order. */
  public ProvenanceSection {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  @Override
  public String id() {
    return "settings";
  }

  @Override
  public String title() {
    return "One command repeats all of this";
  }

  @Override
  public Content body() {
    return Templates.show("provenance", this);
  }
}
