import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.StepRule;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Model;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Scores;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * 3. A hog becomes a Lakeland terrier, with no pixel moved by more than 2/255, in the steps of
 * seven optimizers, from three random starts each.
 *
 * <p>The tutorial asks which optimizer crafts such pictures best, and gives all the same rate; its
 * projection adds the clipped δ to δ, so that δ leaves the ball. Here δ stays inside, and each has
 * the tutorial's rate, 0.005 in its unit of a grey level, and then the best of some powers of ten,
 * with which all of them arrive: one rate for all compares rates, not optimizers.
 *
 * <pre>java -cp bagel.jar 3-hog-to-terrier.java MODEL.onnx PICTURES NAMES.json [STEPS]</pre>
 */
class HogToTerrier {
  private static final int HOG = 341;
  private static final int TERRIER = 189;
  private static final int SEEDS = 3;

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
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1], "n02395406_hog.JPEG"));
    String[] names = new ObjectMapper().readValue(Path.of(args[2]).toFile(), String[].class);
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 350;
    Tensor hog = picture.read(model.example(), new Resize(256, 256, true)).all().x();
    HogToTerrier race = new HogToTerrier(model, hog, names, steps);
    System.out.printf("%-9s %-9s what it is taken for, and how sure the model is%n", "by", "rate");
    tutorial(5e-3 / 255).forEach(race::run);
    tuned().forEach(race::run);
  }

  private static Map<String, Optimizer> tutorial(double rate) {
    Map<String, Optimizer> all = new LinkedHashMap<>();
    all.put("SGD", Optimizer.sgd(rate));
    all.put("momentum", Optimizer.sgd(rate, 0.9));
    all.put("Adagrad", Optimizer.adagrad(rate));
    all.put("RMSprop", Optimizer.rmsProp(rate));
    all.put("Adam", Optimizer.adam(rate));
    all.put("FTRL", Optimizer.ftrl(rate));
    return all;
  }

  private static Map<String, Optimizer> tuned() {
    Map<String, Optimizer> all = new LinkedHashMap<>();
    all.put("SGD", Optimizer.sgd(1e-2));
    all.put("momentum", Optimizer.sgd(1e-3, 0.9));
    all.put("Adagrad", Optimizer.adagrad(1e-3));
    all.put("RMSprop", Optimizer.rmsProp(1e-3));
    all.put("Adam", Optimizer.adam(1e-3));
    all.put("FTRL", Optimizer.ftrl(1e-3));
    return all;
  }

  private void run(String name, Optimizer optimizer) {
    Pgd pgd =
        Pgd.in(Ball.linf(2 / 255.0))
            .steps(steps)
            .stepSize(optimizer.rate())
            .rule(StepRule.by(optimizer))
            .untilSuccess(false);
    int[] from = new int[SEEDS];
    int[] to = new int[SEEDS];
    Arrays.fill(from, HOG);
    Arrays.fill(to, TERRIER);
    Found found = pgd.on(model, hogs, Goal.targeted(from, to), Seeds.of(1, SEEDS));
    Scores scores = new Scores(model.scores(found.x()), to);
    StringBuilder verdicts = new StringBuilder();
    for (int i = 0; i < SEEDS; i++) {
      String said = names[scores.predictions()[i]];
      verdicts.append("%-17s %.3f   ".formatted(said, scores.confidences()[i]));
    }
    System.out.printf("%-9s %-9.2g %s%n", name, optimizer.rate(), verdicts);
  }
}
