import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.StepRule;
import dev.bagel.adversarial.Surrogate;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Preprocessing;
import dev.bagel.nn.Scores;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 3. A hog becomes a Lakeland terrier, with no pixel moved by more than two grey levels of 255, in
 * the steps of six optimizers, from three random starts each.
 *
 * <p>The tutorial asks which optimizer crafts such pictures best, and gives all of them the same
 * rate, 0.005 grey levels, and 350 steps. Its projection adds the clipped δ to δ, so that δ leaves
 * the ball; here δ stays inside. The second table gives each optimizer a rate that fits it, with
 * which all of them arrive in ten steps: one rate for all compares rates, not optimizers.
 *
 * <p>On SqueezeNet 1.0, at the end of the tutorial's 350 steps, for the three starts: its loss, z
 * of the hog − z of the terrier, and the probability of the terrier. Before the attack the loss is
 * about 11.4.
 *
 * <pre>
 *   by        rate   reached  loss                      terrier
 *   SGD       0.005  0 of 3    11.23   11.76   11.64    0.000  0.000  0.000
 *   momentum  0.005  0 of 3    10.71   11.23   11.13    0.000  0.000  0.000
 *   Adagrad   0.005  0 of 3    11.09   11.62   11.50    0.000  0.000  0.000
 *   RMSprop   0.005  3 of 3   -30.18  -30.17  -30.59    0.840  0.829  0.723
 *   Adam      0.005  3 of 3   -28.55  -28.85  -29.31    0.839  0.853  0.752
 *   FTRL      0.005  0 of 3    11.26   11.26   11.26    0.000  0.000  0.000
 * </pre>
 *
 * That is the tutorial's order. FTRL begins at δ = 0 wherever it starts. With rates that fit, each
 * of the six is at 1.000 from all three starts after as many steps.
 *
 * <pre>java -cp bagel.jar 3-hog-to-terrier.java MODEL.onnx PICTURES NAMES.json [STEPS]</pre>
 */
class HogToTerrier {
  private static final int HOG = 341;
  private static final int TERRIER = 189;
  private static final int SEEDS = 3;
  private static final Bounds GREY_LEVELS = new Bounds(0, 255);

  private final Model model;
  private final Tensor hogs; // one for each seed
  private final String[] names;
  private final int steps;

  HogToTerrier(Model model, Tensor hog, String[] names, int steps) {
    this.model = model;
    this.hogs = hog.rows(new int[SEEDS]);
    this.names = names;
    this.steps = steps;
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println(
          "usage: java -cp bagel.jar 3-hog-to-terrier.java MODEL.onnx PICTURES NAMES.json [STEPS]");
      return;
    }
    Model unit = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1], "n02395406_hog.JPEG"));
    String[] names = new ObjectMapper().readValue(Path.of(args[2]).toFile(), String[].class);
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 350;
    Tensor hog = picture.read(unit.example(), new Resize(256, 256, true)).all().x().mul(255);
    Model model = unit.with(GREY_LEVELS).with(divided(255));
    HogToTerrier race = new HogToTerrier(model, hog, names, steps);
    String columns = "by, rate, reached; for each start: loss, what it is taken for, terrier";
    System.out.println("The tutorial's settings, " + steps + " steps (" + columns + "):");
    tutorial(5e-3).forEach((name, by) -> race.run(name, by, Surrogate.difference()));
    System.out.println(
        "Rates that fit, " + steps + " steps, and every other class is pushed back:");
    tuned().forEach((name, by) -> race.run(name, by, Surrogate.crossEntropy()));
  }

  /** As the first thing that the network does, so that ε and the rates are in grey levels. */
  private static Preprocessing divided(float by) {
    return new Preprocessing(List.of(0f), List.of(by));
  }

  /** With what Keras sets where nothing is said; momentum is not in the tutorial. */
  private static Map<String, Optimizer> tutorial(double rate) {
    Map<String, Optimizer> all = new LinkedHashMap<>();
    all.put("SGD", Optimizer.sgd(rate));
    all.put("momentum", Optimizer.sgd(rate, 0.9));
    all.put("Adagrad", new Optimizer.Adagrad(rate, 0.1, 1e-7));
    all.put("RMSprop", new Optimizer.RmsProp(rate, 0.9, 1e-7));
    all.put("Adam", new Optimizer.Adam(rate, 0.9, 0.999, 1e-7, 0, false));
    all.put("FTRL", new Optimizer.Ftrl(rate, 0.1, 0, 0));
    return all;
  }

  private static Map<String, Optimizer> tuned() {
    Map<String, Optimizer> all = new LinkedHashMap<>();
    all.put("SGD", Optimizer.sgd(1000));
    all.put("momentum", Optimizer.sgd(100, 0.9));
    all.put("Adagrad", Optimizer.adagrad(0.3));
    all.put("RMSprop", Optimizer.rmsProp(0.3));
    all.put("Adam", Optimizer.adam(0.3));
    all.put("FTRL", new Optimizer.Ftrl(0.3, 1e-6, 0, 0));
    return all;
  }

  private void run(String name, Optimizer optimizer, Surrogate surrogate) {
    Pgd pgd =
        Pgd.in(Ball.linf(2))
            .steps(steps)
            .stepSize(optimizer.rate())
            .rule(StepRule.by(optimizer))
            .surrogate(surrogate);
    int[] from = new int[SEEDS];
    int[] to = new int[SEEDS];
    Arrays.fill(from, HOG);
    Arrays.fill(to, TERRIER);
    Goal goal = Goal.targeted(from, to);
    Tensor scores = model.scores(pgd.perturb(model, hogs, goal, Seeds.of(1, SEEDS)));
    Scores said = new Scores(scores, to);
    Tensor lead = Surrogate.difference().of(scores, goal); // the tutorial's loss is −lead
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < SEEDS; i++) {
      String verdict = names[said.predictions()[i]];
      double terrier = said.probabilities(i)[TERRIER];
      line.append("  %7.2f %-17s %.3f".formatted(-lead.get(i), verdict, terrier));
    }
    System.out.printf(
        "%-9s %-6s %s of %s%s%n", name, optimizer.rate(), said.correct(), SEEDS, line);
  }
}
