package dev.bagel.adversarial.report;

import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import java.util.Map;

/** The compiled templates of {@code src/main/jte}, each of which shows one value. */
final class Templates {
  private static final TemplateEngine ENGINE =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, null, "dev.bagel.adversarial.report.templates");

  private Templates() {}

  /** The template's parameter is called {@code it}. */
  static Content show(String template, Object it) {
    return output -> render(template, it, output);
  }

  static void render(String template, Object it, TemplateOutput output) {
    ENGINE.render(template + ".jte", Map.of("it", it), output);
  }
}
