package dev.bagel.adversarial.report;

import dev.bagel.adversarial.tour.Example;
import gg.jte.Content;
import java.util.List;

/**
 * Images that a net got right and then wrong.
 *
 * @param examples at least one
 */
public record ExamplesSection(List<Example> examples) implements Section {
  public ExamplesSection {
    examples = List.copyOf(examples);
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("no examples to show");
    }
  }

  @Override
  public String id() {
    return "examples";
  }

  @Override
  public String title() {
    double sure = examples.stream().mapToDouble(e -> e.after().confidence()).average().orElse(0);
    return examples.size() == 1
        ? "A picture that the net knew, and is now %s sure is something else"
            .formatted(Numbers.percent(sure))
        : "%s pictures that the net knew, and is now, on average, %s sure are something else"
            .formatted(examples.size(), Numbers.percent(sure));
  }

  public List<Triptych> pictures() {
    return examples.stream().map(e -> new Triptych(e, false)).toList();
  }

  /** The scale of the changes. */
  public String scale() {
    return Raster.scale(120, 1).address();
  }

  public String epsilon() {
    return Numbers.plain(examples.get(0).ball().epsilon());
  }

  public String magnified() {
    return Triptych.magnified(examples.get(0).ball().epsilon());
  }

  @Override
  public Content body() {
    return Templates.show("examples", this);
  }
}
