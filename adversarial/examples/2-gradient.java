import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.PngFile;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Model;
import dev.bagel.nn.onnx.Onnx;
import dev.bagel.tensor.Tensor;
import java.nio.file.Path;

/**
 * 2. The gradient of an ONNX file's input, in one line: how the loss depends on every pixel. All
 * attacks begin with it.
 *
 * <pre>java -cp bagel.jar 2-gradient.java MODEL.onnx PICTURE</pre>
 */
class Gradient {
  public static void main(String[] args) throws Exception {
    if (args.length < 2) {
      System.err.println("usage: java -cp bagel.jar 2-gradient.java MODEL.onnx PICTURE");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles picture = ImageFiles.at(Path.of(args[1]));
    Tensor x = picture.read(model.example(), new Resize(256, 256, true)).all().x();

    Tensor g = model.gradients(x, model.predict(x));

    PngFile.write(Path.of("gradient.png"), g.reshape(model.example()), PngFile.around(g));
    System.out.println("gradient.png: ∂ loss / ∂ pixel, " + g.shape());
  }
}
