import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.explain.Agreement;
import dev.bagel.adversarial.explain.Drawing;
import dev.bagel.adversarial.explain.GradCam;
import dev.bagel.adversarial.explain.Heatmap;
import dev.bagel.adversarial.explain.Question;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;

/**
 * 6. Where the network looks: Grad-CAM of the hog, and of the hog that it takes for a Lakeland
 * terrier, each for what the network says.
 *
 * <pre>java -cp bagel.jar 6-grad-cam.java MODEL.onnx PICTURES</pre>
 */
class GradCamBeforeAndAfter {
  private static final int HOG = 341;
  private static final int TERRIER = 189;

  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: java -cp bagel.jar 6-grad-cam.java MODEL.onnx PICTURES");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1], "n02395406_hog.JPEG"));
    Tensor hog = picture.read(model.example(), new Resize(256, 256, true)).all().x();
    Goal goal = Goal.targeted(new int[] {HOG}, new int[] {TERRIER});
    Pgd pgd = Pgd.in(Ball.linf(2 / 255.0)).steps(100).untilSuccess(false);
    Tensor terrier = pgd.on(model, hog, goal, Seeds.of(1, 1)).x();

    Heatmap before = GradCam.last().heatmap(Question.of(model, hog));
    Heatmap after = GradCam.last().heatmap(Question.of(model, terrier));

    draw("hog.png", before, hog, model);
    draw("terrier.png", after, terrier, model);
    System.out.println(
        "hog.png and terrier.png: where the network looks before and after the attack");
    Agreement a = Agreement.of(before, after).get(0);
    System.out.printf(
        "The maps correlate by %.2f; of the strong places of either, %.0f %% are in both%n",
        a.correlation(), 100 * a.iou());
  }

  private static void draw(String file, Heatmap map, Tensor x, Model model) throws Exception {
    Tensor picture = Drawing.input(x.reshape(model.example()), model.bounds());
    PngFile.write(Path.of(file), Drawing.overlay(map, 0, picture), Bounds.UNIT);
  }
}
