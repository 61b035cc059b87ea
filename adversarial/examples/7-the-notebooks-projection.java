import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.autodiff.Grad;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.Optimizer;
import dev.bagel.nn.Scores;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * 7. What the tutorial's projection does. Its notebooks add the clipped δ to δ where they mean to
 * clip it, δ ← δ + clip(δ, ±2/255), in grey levels: no ball holds δ, and a step that is too small
 * to matter is doubled until it is not. Example 3 has the same rates with a projection.
 *
 * <p>On SqueezeNet 1.0, at the end of the tutorial's 350 steps, where example 3 has none of SGD and
 * Adagrad near the terrier:
 *
 * <pre>
 *   by         loss   taken for                    terrier  largest change
 *   SGD        -8.76  Soft-coated Wheaten Terrier  0.019    2.71
 *   Adagrad    -8.80  Soft-coated Wheaten Terrier  0.019    2.74
 *   RMSprop   -44.68  Lakeland Terrier             0.684    4.64
 *   Adam      -45.64  Lakeland Terrier             0.807    5.34
 *   FTRL       11.10  pig                          0.000    0.06
 * </pre>
 *
 * <pre>java -cp bagel.jar 7-the-notebooks-projection.java MODEL.onnx PICTURES NAMES.json [STEPS]
 * </pre>
 */
class NotebooksProjection {
  private static final int HOG = 341;
  private static final int TERRIER = 189;
  private static final float CLIP = 2 / 255f;
  private static final double RATE = 5e-3;

  private final Model model;
  private final Tensor hog; // in grey levels, as δ
  private final int steps;

  NotebooksProjection(Model model, Tensor hog, int steps) {
    this.model = model;
    this.hog = hog;
    this.steps = steps;
  }

  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println(
          "usage: java -cp bagel.jar 7-the-notebooks-projection.java MODEL.onnx PICTURES NAMES.json"
              + " [STEPS]");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1], "n02395406_hog.JPEG"));
    String[] names = new ObjectMapper().readValue(Path.of(args[2]).toFile(), String[].class);
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 350;
    Tensor hog = picture.read(model.example(), new Resize(256, 256, true)).all().x().mul(255);
    NotebooksProjection notebook = new NotebooksProjection(model, hog, steps);
    Map<String, Optimizer> optimizers = new LinkedHashMap<>();
    optimizers.put("SGD", Optimizer.sgd(RATE));
    optimizers.put("Adagrad", new Optimizer.Adagrad(RATE, 0.1, 1e-7));
    optimizers.put("RMSprop", new Optimizer.RmsProp(RATE, 0.9, 1e-7));
    optimizers.put("Adam", new Optimizer.Adam(RATE, 0.9, 0.999, 1e-7, 0, false));
    optimizers.put("FTRL", new Optimizer.Ftrl(RATE, 0.1, 0, 0));
    System.out.println("by, loss, what the hog is taken for, terrier, largest change (of 255)");
    optimizers.forEach((name, by) -> notebook.tell(name, notebook.craft(by), names));
  }

  private Tensor craft(Optimizer optimizer) {
    Tensor delta = Tensor.zeros(hog.shape());
    Map<String, Var> memory = new HashMap<>();
    optimizer.memory().forEach((k, v) -> memory.put(k, all(v)));
    for (int t = 1; t <= steps; t++) {
      Var d = Var.leaf(delta);
      Var g = Grad.of(loss(d), d).get(0);
      Var rate = Var.constant((float) optimizer.rate());
      Optimizer.Moved moved =
          optimizer.move(Var.constant(delta), g, memory, rate, Var.constant((float) t));
      delta = moved.p().value();
      moved.memory().forEach((k, v) -> memory.put(k, Var.constant(v.value())));
      delta = delta.add(delta.clamp(-CLIP, CLIP)); // as in the notebooks
    }
    return delta;
  }

  private Var all(float value) {
    return Var.constant(Tensor.full(hog.shape(), value));
  }

  /** z of the hog − z of the terrier, which is the tutorial's −CE(hog) + CE(terrier). */
  private Var loss(Var delta) {
    Var z = model.logits(delta.add(Var.constant(hog)).mul(1 / 255f));
    return z.pick(Var.constant(Tensor.ofInts(HOG)))
        .sub(z.pick(Var.constant(Tensor.ofInts(TERRIER))))
        .sum();
  }

  private void tell(String name, Tensor delta, String[] names) {
    Scores said =
        new Scores(model.logits(Var.constant(hog.add(delta).mul(1 / 255f))).value(), new int[1]);
    System.out.printf(
        "%-8s %7.2f  %-17s %.3f  %.2f%n",
        name,
        loss(Var.constant(delta)).value().item(),
        names[said.predictions()[0]],
        said.probabilities(0)[TERRIER],
        delta.abs().maxTo(Shape.of()).item());
  }
}
