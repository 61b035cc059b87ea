package dev.bagel.adversarial.explain;

import dev.bagel.adversarial.Seeds;
import dev.bagel.nn.Model;
import dev.bagel.nn.Progress;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Function;

/**
 * What is to be explained: why a model gives these inputs the scores that it gives these classes.
 *
 * <pre>{@code
 * Question why = Question.of(model, x);                 // why what it says
 * Question whyNot = why.classes(3, 3, 8);               // why so much, or so little, of these
 * }</pre>
 *
 * @param model the model
 * @param x inputs, [N, …]
 * @param classes the class in question of each input, [N]
 * @param seeds where the randomness of each input comes from, for who needs any
 * @param progress hears how many of the passes through the model are done
 */
public record Question(Model model, Tensor x, int[] classes, Seeds seeds, Progress progress) {
  private static final int MOST_EXAMPLES = 64;
  private static final int MOST_ELEMENTS = 1 << 20; // six pictures of 227 × 227 at a time

  /**
   * Checks that all fits, and gives the inputs the shape of the model's.
   *
   * @throws ExplanationException for a class that the model does not have
   */
  public Question {
    Shape example = model.example();
    int n = x.shape().rank() == 0 ? 0 : x.shape().dim(0);
    if (n == 0 || x.size() != n * example.size()) {
      throw new ShapeException(
          "explaining inputs %s to a model for %s: [N, …] of these, N > 0", x.shape(), example);
    }
    x = x.reshape(Shape.of(n).concat(example));
    classes = classes.clone();
    if (classes.length != n || seeds.size() != n) {
      throw new ShapeException(
          "explaining %d inputs: %d classes and %d streams of randomness",
          n, classes.length, seeds.size());
    }
    int k = model.scores(x.slice(0, 0)).shape().dim(1); // looks at shapes alone
    for (int c : classes) {
      if (c < 0 || c >= k) {
        throw new ExplanationException(
            "no class " + c + " to explain; the model has 0 … " + (k - 1));
      }
    }
  }

  /** Why the model says what it says: each input with the class that it is taken for. */
  public static Question of(Model model, Tensor x) {
    int[] said = model.predict(x);
    return new Question(model, x, said, Seeds.of(0, said.length), Progress.NONE);
  }

  /** The same about other classes, one for each input. */
  public Question classes(int... classes) {
    return new Question(model, x, classes, seeds, progress);
  }

  public Question seeds(Seeds seeds) {
    return new Question(model, x, classes, seeds, progress);
  }

  public Question progress(Progress progress) {
    return new Question(model, x, classes, seeds, progress);
  }

  /** The same about another model of the same classes. */
  public Question of(Model other) {
    return new Question(other, x, classes, seeds, progress);
  }

  public int size() {
    return classes.length;
  }

  /** The score of each input's class, [N]. */
  public float[] scores() {
    Tensor all = model.scores(x);
    int k = all.shape().dim(1);
    float[] of = new float[classes.length];
    for (int i = 0; i < of.length; i++) {
      of[i] = all.get(i * k + classes[i]);
    }
    return of;
  }

  /**
   * Answers as many inputs at a time as memory is spent on, and puts the answers together.
   *
   * @param passes how often an answer runs the model, for the progress
   */
  Tensor inParts(int passes, Function<Question, Tensor> answer) {
    int most = Math.max(1, Math.min(MOST_EXAMPLES, MOST_ELEMENTS / model.example().size()));
    return inParts(most, passes, answer);
  }

  /** The same with at most so many inputs at a time. */
  Tensor inParts(int most, int passes, Function<Question, Tensor> answer) {
    Tensor[] answers = new Tensor[(size() + most - 1) / most];
    for (int i = 0; i < answers.length; i++) {
      int from = i * most;
      int to = Math.min(size(), from + most);
      answers[i] = answer.apply(part(from, to, passes));
      progress.at((long) to * passes, (long) size() * passes, "explain");
    }
    return answers.length == 1
        ? answers[0]
        : Tensor.stack(answers[0], Arrays.copyOfRange(answers, 1, answers.length));
  }

  private Question part(int from, int to, int passes) {
    int[] rows = new int[to - from];
    Arrays.setAll(rows, i -> from + i);
    return new Question(
        model,
        x.slice(from, to),
        Arrays.copyOfRange(classes, from, to),
        seeds.rows(rows),
        (done, all, what) ->
            progress.at((long) from * passes + done, (long) size() * passes, what));
  }

  @Override
  public String toString() {
    return "Question[" + x.shape() + ", classes " + Arrays.toString(classes) + "]";
  }
}
