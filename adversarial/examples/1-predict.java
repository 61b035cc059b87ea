import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bagel.adversarial.image.ImageFiles;
import dev.bagel.adversarial.image.Resize;
import dev.bagel.nn.Model;
import dev.bagel.nn.Scores;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.onnx.Onnx;
import java.nio.file.Path;

/**
 * 1. What a network from somewhere else says of pictures: an ONNX file is a model like any other. A
 * picture is resized to 256 × 256, and the middle of that is taken, as large as the model wants it.
 *
 * <pre>java -cp bagel.jar 1-predict.java MODEL.onnx PICTURES NAMES.json</pre>
 */
class Predict {
  public static void main(String[] args) throws Exception {
    if (args.length < 3) {
      System.err.println("usage: java -cp bagel.jar 1-predict.java MODEL.onnx PICTURES NAMES.json");
      return;
    }
    Model model = Onnx.read(Path.of(args[0]));
    ImageFiles files = ImageFiles.at(Path.of(args[1]));
    String[] names = new ObjectMapper().readValue(Path.of(args[2]).toFile(), String[].class);

    Dataset pictures = files.read(model.example(), new Resize(256, 256, true));
    Scores scores = Scores.of(model, pictures);

    System.out.printf("%-36s %-16s %s%n", "picture", "the network says", "and is so sure");
    for (int i = 0; i < pictures.size(); i++) {
      String said = names[scores.predictions()[i]];
      System.out.printf("%-36s %-16s %.3f%n", files.names().get(i), said, scores.confidences()[i]);
    }
  }
}
