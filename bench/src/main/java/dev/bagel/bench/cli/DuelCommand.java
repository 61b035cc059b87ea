package dev.bagel.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.bench.duel.Duel;
import dev.bagel.bench.duel.Opponent;
import dev.bagel.bench.duel.Outcome;
import dev.bagel.bench.duel.Rounds;
import dev.bagel.tensor.kernel.Kernels;
import dev.bagel.tensor.kernel.Parallel;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One duel in this JVM: what {@link VersusCommand} starts for each. */
@Command(name = "duel", hidden = true, description = "Fights one duel and prints it as JSON.")
final class DuelCommand implements Callable<Integer> {
  @Parameters(paramLabel = "TITLE", description = "Name and rival, as in the list of versus.")
  private String title;

  @Mixin private RoundsOptions rounds;

  @Override
  public Integer call() throws Exception {
    for (Opponent opponent : Opponent.all()) {
      for (Duel duel : opponent.duels()) {
        if (duel.title().equals(title)) {
          Rounds r = rounds.rounds();
          Outcome outcome = r.of(duel, Parallel.threads());
          Fought fought = new Fought(outcome, opponent.version(), Kernels.best().name());
          System.out.println(new ObjectMapper().writeValueAsString(fought));
          return 0;
        }
      }
    }
    throw new WrongUse("no duel " + title);
  }
}
