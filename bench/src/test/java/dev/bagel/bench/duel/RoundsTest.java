package dev.bagel.bench.duel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bagel.bench.duel.Contestant.Staged;
import dev.bagel.bench.duel.Duel.Match;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Rounds QUICK = new Rounds(5, 1e-4, 0, 1);

  @Test
  void ratiosAreOfNeighbouringRounds() {
    Outcome o = new Outcome("work", "rival", 0, List.of(1.0, 2.0, 4.0), List.of(3.0, 2.0, 16.0));
    assertEquals(List.of(1.0, 3.0, 4.0), o.ratios());
    assertEquals(3, Outcome.median(o.ratios()));
  }

  @Test
  void everyRoundIsKept() {
    Match match = new Match(() -> {}, () -> {});
    Outcome o = QUICK.of(new Duel("nothing", "nobody", 0, () -> match), 1);
    assertEquals(5, o.ours().size());
    assertEquals(5, o.theirs().size());
  }

  @Test
  void stagesFollowEachOther() {
    StringBuilder log = new StringBuilder();
    Staged staged =
        new Staged() {
          @Override
          public void prepare() {
            log.append('p');
          }

          @Override
          public void run() {
            log.append('r');
          }

          @Override
          public void tidy() {
            log.append('t');
          }
        };
    QUICK.of(new Duel("stages", "nobody", 0, () -> new Match(staged, () -> {})), 1);
    assertEquals("prt".repeat(log.length() / 3), log.toString());
  }

  @Test
  void nobodyIsTimedWhoseAnswerIsWrong() {
    Agreement wrong = Agreement.of("sum", 1e-6, () -> new float[] {1}, () -> new float[] {2});
    Duel duel = new Duel("sum", "nobody", 0, () -> new Match(() -> {}, () -> {}, wrong));
    assertThrows(Disagreement.class, () -> QUICK.of(duel, 1));
  }
}
