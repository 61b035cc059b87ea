import static dev.bagel.adversarial.Norm.L0;
import static dev.bagel.adversarial.Norm.L1;
import static dev.bagel.adversarial.Norm.L2;
import static dev.bagel.adversarial.Norm.LINF;

import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.minimal.BrendelBethge;
import dev.bagel.adversarial.minimal.CarliniWagnerL0;
import dev.bagel.adversarial.minimal.CarliniWagnerL2;
import dev.bagel.adversarial.minimal.CarliniWagnerLinf;
import dev.bagel.adversarial.minimal.Ddn;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.adversarial.minimal.Ead;
import dev.bagel.adversarial.minimal.Fmn;
import dev.bagel.adversarial.minimal.Jsma;
import dev.bagel.adversarial.minimal.Lbfgs;
import dev.bagel.adversarial.minimal.MinimalEpsilon;
import dev.bagel.adversarial.minimal.NewtonFool;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.nn.onnx.Onnx;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * 7. The attacks that look for the nearest example, side by side on one network: in each norm the
 * median of the distances that each of them finds, and how much farther that is than what all of
 * them together find.
 *
 * <p>An example that an attack does not find is infinitely far for it; those that the network gets
 * wrong already are left out. The settings are those that the attacks have by themselves.
 *
 * <pre>java -cp bagel.jar 8-minimal-distances.java MODEL.onnx DATA [IMAGES [NORM]]</pre>
 */
class MinimalDistances {
  public static void main(String[] args) throws Exception {
    Model model = Onnx.read(Path.of(args[0]));
    int images = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    Batch all = Datasets.open(args[1], Split.TEST).slice(0, images).all();
    int[] predicted = model.predict(all.x());
    int[] right =
        IntStream.range(0, all.size()).filter(i -> predicted[i] == all.labels()[i]).toArray();
    Batch batch =
        new Batch(all.x().rows(right), IntStream.of(right).map(i -> predicted[i]).toArray());
    System.out.printf("%d of %d images, which the network knows%n", right.length, images);
    for (Norm norm : List.of(L2, LINF, L1, L0)) {
      if (args.length <= 3 || norm.label().equals(args[3])) {
        compare(model, batch, norm);
      }
    }
  }

  private static List<MinimalAttack> family(Norm norm) {
    return switch (norm) {
      case L2 ->
          List.of(
              CarliniWagnerL2.attack(),
              Ddn.attack(),
              Fmn.in(L2),
              BrendelBethge.in(L2),
              DeepFool.in(L2),
              Lbfgs.attack(),
              NewtonFool.attack(),
              MinimalEpsilon.of(Pgd.in(Ball.l2(8))));
      case LINF ->
          List.of(
              CarliniWagnerLinf.attack(),
              Fmn.in(LINF),
              BrendelBethge.in(LINF),
              DeepFool.in(LINF),
              MinimalEpsilon.of(Pgd.in(Ball.linf(0.5))));
      case L1 ->
          List.of(
              Ead.attack().rule(Ead.Rule.L1),
              Fmn.in(L1),
              BrendelBethge.in(L1),
              MinimalEpsilon.of(Pgd.in(Ball.l1(40))));
      case L0 ->
          List.of(
              CarliniWagnerL0.attack(),
              Fmn.in(L0),
              BrendelBethge.in(L0),
              Jsma.attack().share(1),
              MinimalEpsilon.of(Pgd.in(new Ball(L0, 100))));
    };
  }

  private static void compare(Model model, Batch batch, Norm norm) {
    List<MinimalAttack> family = family(norm);
    double[] nearest = new double[batch.size()];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    System.out.printf("%n%-19s found    median  gradients    queries  seconds%n", norm.label());
    for (MinimalAttack attack : family) {
      Evaluation.Outcome o = Evaluation.of(model, batch).against(attack);
      double[] found = new double[nearest.length];
      Arrays.setAll(found, i -> o.success()[i] ? o.distance()[i] : Double.POSITIVE_INFINITY);
      Arrays.setAll(nearest, i -> Math.min(nearest[i], found[i]));
      System.out.printf(
          "%-19s %4.0f %%  %8.4f  %9d  %9d  %7.1f%n",
          attack.getClass().getSimpleName(),
          100 * o.successRate(),
          median(found),
          o.cost().gradients() / batch.size(),
          o.cost().forwards() / batch.size(),
          o.seconds());
    }
    System.out.printf("%-19s         %8.4f%n", "nearest of all", median(nearest));
  }

  private static double median(double[] distances) {
    double[] sorted = distances.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
