import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Goal;
import dev.bagel.adversarial.Pgd;
import dev.bagel.adversarial.Seeds;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;

/**
 * 4. A bagel becomes a grand piano: the picture that this project is named after.
 *
 * <p>Writes what the network sees before and after, and the difference, made visible.
 *
 * <pre>java -cp bagel.jar 4-bagel-to-piano.java MODEL.onnx PICTURES NAMES.json</pre>
 */
class BagelToPiano {
  private static final int BAGEL = 931;
  private static final int GRAND_PIANO = 579;

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println(
          "usage: java -cp bagel.jar 4-bagel-to-piano.java MODEL.onnx PICTURES NAMES.json");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1], "n07693725_bagel.JPEG"));
    String[] names = new ObjectMapper().readValue(Path.of(args[2]).toFile(), String[].class);
    Tensor bagel = picture.read(model.example(), new Resize(256, 256, true)).all().x();

    Pgd pgd = Pgd.in(Ball.linf(2 / 255.0)).steps(100).untilSuccess(false);
    Goal goal = Goal.targeted(new int[] {BAGEL}, new int[] {GRAND_PIANO});
    Found found = pgd.on(model, bagel, goal, Seeds.of(1, 1));

    tell("before", model, bagel, names);
    tell("after", model, found.x(), names);
    write("bagel.png", bagel, model.bounds());
    write("piano.png", found.x(), model.bounds());
    Tensor delta = found.x().sub(bagel);
    write("difference.png", delta, PngFile.around(delta));
    System.out.println(
        "bagel.png and piano.png: what it sees before and after; no pixel moved more");
    System.out.println("than 2/255. difference.png: what was added, drawn as strong as it can be");
  }

  private static void tell(String when, Model model, Tensor x, String[] names) {
    Scores scores = new Scores(model.scores(x), new int[] {BAGEL});
    String said = names[scores.predictions()[0]];
    System.out.printf("%-7s %s %.3f%n", when, said, scores.confidences()[0]);
  }

  private static void write(String file, Tensor x, Bounds range) throws Exception {
    PngFile.write(Path.of(file), x.reshape(x.shape().sub(1, 4)), range);
  }
}
