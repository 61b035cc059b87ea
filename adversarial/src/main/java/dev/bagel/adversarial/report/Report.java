package dev.bagel.adversarial.report;

import dev.bagel.tensor.io.AtomicFile;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A page that stands on its own.
 *
 * @param title what it is about
 * @param kicker a few words above the title
 * @param lead what was found, in a sentence or two
 * @param figures the numbers to remember, shown large
 * @param sections what is below, in this order
 */
public record Report(
    String title, String kicker, String lead, List<Figure> figures, List<Section> sections) {
  public Report {
    figures = List.copyOf(figures);
    sections = List.copyOf(sections);
    Set<String> ids = new HashSet<>();
    for (Section s : sections) {
      if (!s.id().matches("[a-z][a-z0-9-]*") || !ids.add(s.id())) {
        throw new IllegalArgumentException(
            "section id \"" + s.id() + "\": lower-case letters, digits and hyphens, each id once");
      }
    }
  }

  /**
   * A number to remember.
   *
   * @param value the number, with its unit
   * @param what what it counts
   * @param tone {@code plain}, {@code hardened} or nothing: the colour of its mark
   */
  public record Figure(String value, String what, String tone) {}

  /** The page. */
  public String html() {
    StringOutput out = new StringOutput();
    Templates.render("report", this, out);
    return out.toString();
  }

  /** Writes the page; a reader sees the old file or the new one, never a part. */
  public void write(Path file) throws IOException {
    byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
