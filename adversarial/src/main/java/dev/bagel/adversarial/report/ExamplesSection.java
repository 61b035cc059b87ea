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
    long sure = examples.stream().filter(e -> e.after().confidence() > 0.9).count();
    return "The net is wrong, and of %d of these %d mistakes it is more than 90 %% sure"
        .formatted(sure, examples.size());
  }

  public List<Triptych> pictures() {
    return examples.stream().map(Triptych::new).toList();
  }

  /** The scale of the changes. */
  public String scale() {
    return Raster.scale(120, 1).address();
  }

  public String epsilon() {
    return Numbers.plain(examples.get(0).ball().epsilon());
  }

  public String magnified() {
    return new Triptych(examples.get(0)).magnified();
  }

  @Override
  public Content body() {
    return Templates.show("examples", this);
  }
}
