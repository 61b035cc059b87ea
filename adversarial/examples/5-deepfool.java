import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Evaluation;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Sweep;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.adversarial.minimal.DeepFool;
import dev.bagel.nn.Model;
import dev.bagel.nn.data.Batch;
import dev.bagel.nn.onnx.Onnx;
import java.nio.file.Path;

/**
 * 5. How far the pictures are from being taken for something else: DeepFool's distance of each, and
 * the share that is still recognised at each radius, by DeepFool and by PGD.
 *
 * <p>Right is here what the network says of the untouched picture.
 *
 * <pre>java -cp bagel.jar 5-deepfool.java MODEL.onnx PICTURES</pre>
 */
class DeepFoolAndPgd {
  private static final double[] RADII = {2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3, 8e-3};

  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: java -cp bagel.jar 5-deepfool.java MODEL.onnx PICTURES");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles files = ImageFiles.at(Path.of(args[1]));
    Batch read = files.read(model.example(), new Resize(256, 256, true)).all();
    Batch batch = new Batch(read.x(), model.predict(read.x()));

    System.out.println("The nearest picture with another answer, by DeepFool (a pixel is 0 … 1):");
    Evaluation.Outcome nearest = Evaluation.of(model, batch).against(DeepFool.in(Norm.LINF));
    for (int i = 0; i < batch.size(); i++) {
      System.out.printf("%-36s ℓ∞ %.5f%n", files.names().get(i), nearest.distance()[i]);
    }
    Sweep deepFool = Evaluation.of(model, batch).against(DeepFool.in(Norm.LINF), RADII);
    Sweep pgd = Evaluation.of(model, batch).against(Pgd.in(Ball.linf(RADII[0])).steps(20), RADII);
    System.out.println("The share that is recognised at ε, after DeepFool and after PGD:");
    System.out.println("ε         DeepFool  PGD");
    for (int i = 0; i < RADII.length; i++) {
      System.out.printf(
          "%-9s %-9.3f %.3f%n", RADII[i], deepFool.robustAccuracy()[i], pgd.robustAccuracy()[i]);
    }
  }
}
