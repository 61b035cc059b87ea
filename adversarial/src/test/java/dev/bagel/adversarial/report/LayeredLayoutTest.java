package dev.bagel.adversarial.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds of every layout, and pictures that can be thought out. */
@ExtendWith(Seeded.class)
class LayeredLayoutTest {
  private static final double WIDTH = 100;
  private static final double GAP = 20;

  private static LayeredLayout of(List<List<Integer>> inputs) {
    return new LayeredLayout(inputs, WIDTH, GAP);
  }

  private static List<List<Integer>> random(Rng rng) {
    List<List<Integer>> inputs = new ArrayList<>(List.of(List.of()));
    for (int v = 1; v < 30; v++) {
      Set<Integer> from = new HashSet<>();
      for (int k = 0; k < 1 + rng.at(v).below(0, 3); k++) {
        from.add(rng.at(v).at(k).below(1, v));
      }
      inputs.add(List.copyOf(from));
    }
    return inputs;
  }

  @Test
  void edgesGoDownOneLayerAtATime(Rng rng) {
    List<List<Integer>> inputs = random(rng);
    LayeredLayout layout = of(inputs);
    assertEquals(inputs.stream().mapToInt(List::size).sum(), layout.paths().size());
    for (List<Integer> path : layout.paths()) {
      assertTrue(inputs.get(path.get(path.size() - 1)).contains(path.get(0)));
      for (int i = 1; i < path.size(); i++) {
        assertEquals(layout.layer(path.get(i - 1)) + 1, layout.layer(path.get(i)));
      }
    }
  }

  @Test
  void nothingStandsOnAnything(Rng rng) {
    LayeredLayout layout = of(random(rng));
    for (int k = 0; k < layout.layers(); k++) {
      List<Integer> layer = layout.layerAt(k);
      for (int i = 1; i < layer.size(); i++) {
        double room =
            (layout.isNode(layer.get(i - 1)) ? WIDTH / 2 : 0)
                + (layout.isNode(layer.get(i)) ? WIDTH / 2 : 0)
                + GAP;
        double apart = layout.x(layer.get(i)) - layout.x(layer.get(i - 1));
        assertTrue(apart >= room - 1.01, apart + " for " + room); // places are whole numbers
      }
    }
  }

  @Test
  void aChainIsALine() {
    LayeredLayout layout = of(List.of(List.of(), List.of(0), List.of(1), List.of(2)));
    for (int v = 0; v < 4; v++) {
      assertEquals(WIDTH / 2, layout.x(v));
      assertEquals(v, layout.layer(v));
    }
    assertEquals(WIDTH, layout.right());
  }

  @Test
  void branchesStandSideBySideBelowTheMiddle() {
    LayeredLayout layout = of(List.of(List.of(), List.of(0), List.of(0), List.of(1, 2)));
    assertEquals(WIDTH + GAP, layout.x(2) - layout.x(1), 1);
    assertEquals((layout.x(1) + layout.x(2)) / 2, layout.x(0), 1);
    assertEquals(layout.x(0), layout.x(3), 1);
  }

  /** The shortcut of a residual block passes beside what it goes around. */
  @Test
  void aShortcutLeavesTheChainStraight() {
    LayeredLayout layout = of(List.of(List.of(), List.of(0), List.of(1), List.of(0, 2)));
    List<Integer> shortcut =
        layout.paths().stream().filter(p -> p.size() == 4).findFirst().orElseThrow();
    assertEquals(4, shortcut.size());
    for (int v = 1; v < 4; v++) {
      assertEquals(layout.x(0), layout.x(v), 1, "node " + v);
    }
    for (int bend : shortcut.subList(1, 3)) {
      double apart = Math.abs(layout.x(bend) - layout.x(layout.layer(bend)));
      assertEquals(WIDTH / 2 + GAP, apart, 2);
    }
  }

  /** a → 3, b → 2 are drawn without a crossing, though they are written with one. */
  @Test
  void crossingsThatNeedNotBeAreNotThere() {
    LayeredLayout layout =
        of(List.of(List.of(), List.of(0), List.of(0), List.of(2), List.of(1), List.of(3, 4)));
    assertEquals(layout.x(1) < layout.x(2), layout.x(4) < layout.x(3));
  }
}
