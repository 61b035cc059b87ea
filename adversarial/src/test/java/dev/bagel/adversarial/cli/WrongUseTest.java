package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.adversarial.image.PngFile;
import dev.bagel.nn.Bounds;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.NpyArray;
import dev.bagel.tensor.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every wrong use is one line that says what, where and the fix, and exit code 2. */
class WrongUseTest {
  @TempDir static Path folder;

  @BeforeAll
  static void files() throws IOException {
    Ran.model(folder);
    Files.createDirectory(folder.resolve("empty"));
    Files.write(folder.resolve("bad.safetensors"), new byte[] {1, 2, 3});
    Files.write(folder.resolve("net.onnx"), new byte[] {1});
    Path idx = Files.createDirectory(folder.resolve("idx"));
    Files.write(
        idx.resolve("t10k-images-idx3-ubyte"),
        new byte[] {0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3});
    Files.write(idx.resolve("t10k-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 0});
    npz("nan.npz", Tensor.full(Shape.of(2, 1, 28, 28), Float.NaN), 0, 1);
    npz("small.npz", Tensor.zeros(Shape.of(2, 1, 4, 4)), 0, 1);
    npz("label.npz", Tensor.zeros(Shape.of(2, 1, 28, 28)), 3, 12);
    npz("bytes.npz", Tensor.full(Shape.of(2, 1, 28, 28), 200), 3, 1);
    npz("one.npz", Tensor.zeros(Shape.of(2, 1, 28, 28)), 3, 1);
    Path mixed = Files.createDirectories(folder.resolve("mixed/a"));
    PngFile.write(mixed.resolve("x.png"), Tensor.zeros(Shape.of(1, 28, 28)), Bounds.UNIT);
    PngFile.write(mixed.resolveSibling("y.png"), Tensor.zeros(Shape.of(1, 28, 28)), Bounds.UNIT);
    PngFile.write(folder.resolve("wide.png"), Tensor.zeros(Shape.of(1, 28, 30)), Bounds.UNIT);
    Files.writeString(folder.resolve("broken.png"), "no picture");
  }

  private static void npz(String name, Tensor x, int... y) throws IOException {
    Npz.write(
        folder.resolve(name),
        Map.of("x", NpyArray.of(x), "y", NpyArray.of(Shape.of(y.length), y)),
        Npz.Packing.STORED);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = WRONG)
  void wrongUseIsOneLineAndExitCodeTwo(String command, String line) {
    Ran ran = Ran.bagel((Object[]) filled(command).split(" +"));
    assertEquals(filled(line), ran.err().strip());
    assertEquals(2, ran.code());
    assertEquals("", ran.out());
    assertEquals(1, ran.err().lines().count());
  }

  private static String filled(String text) {
    return text.replace("PREDICT", "predict --model DIR/net.safetensors")
        .replace("ATTACK", "attack --model DIR/net.safetensors --data fashion-mnist --first 2")
        .replace("TRAIN -", "train --data fashion-mnist --first 64 --epochs 1 -")
        .replace("DIR", folder.toString());
  }

  private static final String WRONG =
      """
      predict --data fashion-mnist | bagel: no model, --model; name a .safetensors or an .onnx file
      predict --model DIR/gone --data fashion-mnist | bagel: no such file, --model DIR/gone; check the path
      predict --model DIR/empty --data fashion-mnist | bagel: DIR/empty is a folder, --model; name a file in it
      PREDICT | bagel: no data, --data; name fashion-mnist, a file or a folder
      PREDICT --data DIR/gone | bagel: no such file or folder, --data DIR/gone; check the path, or name fashion-mnist or fashion-mnist-full
      PREDICT --data DIR/nan.npz | bagel: DIR/nan.npz: the value NaN, at x[0, 0, 0, 0]; remove or replace this example
      PREDICT --data DIR/small.npz | bagel: examples of shape [1, 4, 4], --data DIR/small.npz; the model takes [1, 28, 28]: give other data or another model
      PREDICT --data DIR/label.npz | bagel: label 12 of example 1, --data DIR/label.npz; the model knows the classes 0 … 9
      PREDICT --data DIR/wide.png | bagel: DIR/wide.png: a picture of 30 × 28 (width × height), at its header; the model takes 28 × 28: resize it (--resize)
      PREDICT --data DIR/broken.png | bagel: DIR/broken.png: no PNG, JPEG, GIF or BMP in its 10 bytes, at its content; save it again as PNG, or take it out of the folder
      PREDICT --data DIR/mixed | bagel: DIR/mixed: pictures beside folders of pictures, at y.png; put each into the folder of its class, or name one folder of pictures
      PREDICT --data fashion-mnist --first 0 | bagel: 0 examples, --first; from 1 to 1000 are there
      PREDICT --data fashion-mnist --first 1001 | bagel: 1001 examples, --first; from 1 to 1000 are there
      PREDICT --data fashion-mnist --offset 1000 | bagel: offset 1000, --offset; there are 1000 examples, counted from 0
      PREDICT --data fashion-mnist --offset -1 | bagel: offset -1, --offset; there are 1000 examples, counted from 0
      PREDICT --data fashion-mnist --first ten | bagel: invalid value for option '--first': 'ten' is not an int, bagel predict; see 'bagel predict --help'
      PREDICT --data fashion-mnist --split both | bagel: invalid value for option '--split': expected one of [TRAIN, TEST] (case-insensitive) but was 'both', bagel predict; see 'bagel predict --help'
      PREDICT --data fashion-mnist --gradients | bagel: gradients with no place to go, --gradients; add --save OUT.npz
      PREDICT --data fashion-mnist --save DIR/gone/out.npz | bagel: no folder DIR/gone, --save DIR/gone/out.npz; create it first
      PREDICT --data fashion-mnist --save DIR/empty | bagel: DIR/empty is a folder, --save; name a file in it
      PREDICT --data DIR/one.npz --save DIR/one.npz | bagel: DIR/one.npz is the input, --save; name another file, or the input would be lost
      PREDICT --data fashion-mnist --mean 0.5 | bagel: no --std, --mean and --std; give both
      PREDICT --data fashion-mnist --mean 1,2,3 --std 1,2,3 | bagel: 3 numbers for 1 channels, --mean; give one, or one per channel
      PREDICT --data fashion-mnist --mean 1e39 --std 1 | bagel: mean 1.0E39, --mean; it must be a number
      PREDICT --data fashion-mnist --mean 0 --std 0 | bagel: deviation 0.0, --std; it must be positive
      PREDICT --data fashion-mnist --threads 0 | bagel: 0 threads, --threads; from 1 to 1024
      PREDICT --modle x | bagel: unknown options: '--modle', 'x', bagel predict; did you mean --model? see 'bagel predict --help'
      ATTACK | bagel: no radius, --eps; give one or more, such as --eps 8/255
      ATTACK --eps -1/255 | bagel: ε = -0.00392156862745098, --eps; a radius is a number from 0 on, in input units
      ATTACK --eps 1/0 | bagel: invalid value for option '--eps' (E): '1/0' is not a number such as 0.03 or 8/255, bagel attack; see 'bagel attack --help'
      ATTACK --eps 0.1,NaN | bagel: invalid value for option '--eps' (E): 'NaN' is not a number such as 0.03 or 8/255, bagel attack; see 'bagel attack --help'
      ATTACK --eps 0.5 --norm l0 | bagel: ε = 0.5, --eps; in l0 it is a whole number of elements
      ATTACK --eps 0.1 --norm l3 | bagel: invalid value for option '--norm': expected one of [LINF, L2, L1, L0] (case-insensitive) but was 'l3', bagel attack; see 'bagel attack --help'
      ATTACK --eps 0.1 --attack magic | bagel: unknown attack 'magic', --attack; 'bagel attacks' lists them
      ATTACK --eps 0.1 --steps 0 | bagel: 0 steps, --steps; from 1 to 1000000
      ATTACK --eps 0.1 --step-size 0 | bagel: step size 0.0, --step-size; it must be positive, and below a million
      ATTACK --eps 0.1 --attack fgsm --steps 3 | bagel: no use for it in fgsm, --steps; bim, pgd and their kin take steps
      ATTACK --eps 0.1 --attack vat --norm linf | bagel: vat in linf, --norm; it works in: l2
      ATTACK --eps 0.1 --attack vat --targeted | bagel: no use for it in vat, --targeted; it cannot aim at a class
      ATTACK --eps 0.1 --attack vat --steps 3 | bagel: no use for it in vat, --steps; leave it out
      ATTACK --eps 0.1 --time-limit -1 | bagel: -1.0 seconds, --time-limit; a number from 0 on
      attacks --knowledge magic | bagel: unknown knowledge 'magic', --knowledge; one of white-box, scores, decisions, nothing
      ATTACK --eps 0.1 --attack bim --restarts 3 | bagel: no use for it in bim, --restarts; it starts at the input, so every run is the same: use pgd
      ATTACK --eps 0.1 --restarts 0 | bagel: 0 restarts, --restarts; 1 is one run, without repetition
      ATTACK --eps 0.1 --target 10 | bagel: target 10, --target; the model knows the classes 0 … 9
      attack --model DIR/net.safetensors --data DIR/bytes.npz --eps 0.1 | bagel: value 200.0 in example 0, --data DIR/bytes.npz; the model's inputs are in 0.0 … 1.0: scale the data
      train --data fashion-mnist | bagel: no architecture, --arch and --model; give one: --arch for a new net ('--arch help' lists them), --model to go on with one
      TRAIN --arch big | bagel: unknown architecture 'big', --arch; one of mlp, tutorial-cnn, smooth-cnn, madry-mnist, fast-fgsm, resnet20, resnet18, wide-resnet-28-10
      TRAIN --arch mlp --rate 0 | bagel: learning rate 0.0, --rate; it must be positive
      TRAIN --arch mlp --momentum 0.9 | bagel: no use for it in adam, --momentum; leave it out
      TRAIN --arch mlp --batch 0 | bagel: batches of 0, --batch; at least 1
      TRAIN --arch mlp --eps 0.1 | bagel: a setting of adversarial training, --eps; add --adversarial
      TRAIN --arch mlp --adversarial | bagel: no radius, --adversarial; give one, such as --eps 0.1
      TRAIN --arch mlp --checkpoint-every 3 | bagel: no file, --checkpoint-every; add --checkpoint FILE
      TRAIN --arch mlp --validation-split 0 --patience 3 | bagel: no validation examples, --patience; add --validation-split 0.1
      TRAIN --arch resnet20 | bagel: examples of shape [1, 28, 28], --data fashion-mnist; the model takes [3, 32, 32]: give other data or another model
      train --arch mlp --data DIR/wide.png | bagel: DIR/wide.png: a picture of 30 × 28 (width × height), at its header; the model takes 28 × 28: resize it (--resize)
      model | bagel: no model, FILE; name a .safetensors or an .onnx file
      model DIR/gone | bagel: no such file, FILE DIR/gone; check the path
      model DIR/empty | bagel: DIR/empty is a folder, FILE; name a file in it
      model DIR/net.safetensors --layout nhwc | bagel: no use for it in DIR/net.safetensors, --layout; it is for .onnx files
      model DIR/net.safetensors --layout chw | bagel: invalid value for option '--layout': expected one of [NCHW, NHWC] (case-insensitive) but was 'chw', bagel model; see 'bagel model --help'
      model DIR/net.safetensors --dot DIR/gone/net.dot | bagel: no folder DIR/gone, --dot DIR/gone/net.dot; create it first
      model DIR/net.safetensors --dot DIR/net.safetensors | bagel: DIR/net.safetensors is the input, --dot; name another file, or the input would be lost
      model DIR/net.safetensors --arch mlp | bagel: no use for it in DIR/net.safetensors, --arch; it is for a file that holds weights alone
      model DIR/bytes.npz | bagel: weights without an architecture, FILE DIR/bytes.npz; add --arch NAME
      model DIR/net.safetensors --onnx DIR/net.safetensors | bagel: DIR/net.safetensors is the input, --onnx; name another file, or the input would be lost
      model DIR/net.safetensors --svg DIR/gone/net.svg | bagel: no folder DIR/gone, --svg DIR/gone/net.svg; create it first
      model a b | bagel: unmatched argument at index 2: 'b', bagel model; see 'bagel model --help'
      tour --model DIR/net.safetensors | bagel: no photographs, --model and --pictures; give both, or neither
      tour --pictures DIR/empty | bagel: no network, --model and --pictures; give both, or neither
      tour --model DIR/gone --pictures DIR/empty | bagel: no such file, --model DIR/gone; check the path
      tour --model DIR/net.safetensors --pictures DIR/empty | bagel: DIR/empty: no pictures, at its files; PNG, JPEG, GIF and BMP are read
      magic | bagel: unmatched argument at index 0: 'magic', bagel; did you mean predict? see 'bagel --help'
      """;

  @Test
  void brokenFilesAreOneLineAndExitCodeTwo() {
    List<Ran> all =
        List.of(
            Ran.bagel("predict", "--model", folder.resolve("bad.safetensors"), "--data", "x"),
            Ran.bagel("predict", "--model", folder.resolve("net.onnx"), "--data", "x"),
            Ran.bagel(
                "predict",
                "--model",
                folder.resolve("net.safetensors"),
                "--data",
                folder.resolve("idx")),
            Ran.bagel(
                "predict",
                "--model",
                folder.resolve("net.safetensors"),
                "--data",
                folder.resolve("empty")),
            Ran.bagel());
    for (Ran ran : all) {
      assertEquals(2, ran.code(), ran.err());
      assertEquals(1, ran.err().lines().count(), ran.err());
      assertTrue(ran.err().startsWith("bagel: ") && ran.err().contains("; "), ran.err());
      assertFalse(ran.err().contains("Exception"), ran.err());
    }
  }

  @Test
  void workThatFailsIsOneLineAndExitCodeOne() {
    Ran ran =
        Ran.bagel(
            "train",
            "--arch",
            "mlp",
            "--data",
            "fashion-mnist",
            "--first",
            "640",
            "--epochs",
            "1",
            "--optimizer",
            "sgd",
            "--rate",
            "1e9");
    assertEquals(1, ran.code());
    assertEquals(1, ran.err().lines().count());
    assertTrue(ran.err().contains("lower the learning rate"), ran.err());
  }
}
