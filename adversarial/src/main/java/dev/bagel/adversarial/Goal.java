package dev.bagel.adversarial;

import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import java.util.Arrays;

/**
 * What an attack wants of each example of a batch: any class but the right one, a chosen class, or
 * whatever a rule on the scores says, which is how regression and multi-label models are attacked.
 */
public sealed interface Goal {
  /**
   * The right classes, [N].
   *
   * @throws AttackException if the goal has none
   */
  int[] labels();

  /** The same goal for some of the examples. */
  Goal rows(int... which);

  /**
   * For which examples these predictions are what is wanted.
   *
   * @throws AttackException if classes alone do not tell
   */
  boolean[] reached(int... predicted);

  /**
   * For which examples these scores are what is wanted, [N, K].
   *
   * @throws AttackException if a score is NaN
   * @throws ShapeException if they are not those of so many examples, or a rule cannot compare them
   *     with its truth
   */
  default boolean[] reached(Tensor scores) {
    return reached(Decision.of(scores));
  }

  /** The number of examples. */
  default int size() {
    return labels().length;
  }

  /** Whether there are right classes. */
  default boolean isLabelled() {
    return true;
  }

  /** What a surrogate may compare scores with, [N, …]: null if there is nothing but classes. */
  default Tensor truth() {
    return null;
  }

  /**
   * Writes the right classes, and the classes that are aimed at: the right ones again if any other
   * will do. A goal without classes writes nothing.
   *
   * @throws IllegalArgumentException if a class is not one of the model's
   */
  default void fill(int classes, float[] labels, float[] targets) {
    if (!isLabelled()) {
      return;
    }
    int[] aims = this instanceof Targeted t ? t.targets() : labels();
    for (int i = 0; i < aims.length; i++) {
      labels[i] = known(labels()[i], classes);
      targets[i] = known(aims[i], classes);
    }
  }

  private static int known(int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "class " + label + ": the model has classes 0 … " + (classes - 1));
    }
    return label;
  }

  static Untargeted untargeted(int... labels) {
    return new Untargeted(labels);
  }

  static Targeted targeted(int[] labels, int[] targets) {
    return new Targeted(labels, targets);
  }

  /**
   * What a rule says, for models that do not classify.
   *
   * @param truth what is right, [N, …]: values, or 0 and 1 for each label
   */
  static Custom custom(Rule rule, Tensor truth) {
    return new Custom(rule, null, truth);
  }

  /** What a rule says of scores of classes; the truth that it sees is the right class alone. */
  static Custom custom(Rule rule, int... labels) {
    return new Custom(rule, labels, null);
  }

  /**
   * Any class but the right one.
   *
   * @param confidence by how much the best wrong score must be above the right one: κ of Carlini
   *     and Wagner 2017; 0 is plain misclassification
   */
  record Untargeted(int[] labels, double confidence) implements Goal {
    public Untargeted {
      checkConfidence(confidence);
    }

    /** Plain misclassification. */
    public Untargeted(int... labels) {
      this(labels, 0);
    }

    /** The same goal, reached only by this margin. */
    public Untargeted by(double confidence) {
      return new Untargeted(labels, confidence);
    }

    @Override
    public Goal rows(int... which) {
      return new Untargeted(pick(labels, which), confidence);
    }

    @Override
    public boolean[] reached(int... predicted) {
      checkDecides(confidence);
      checkSize(predicted.length, size());
      boolean[] r = new boolean[labels.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = predicted[i] != labels[i];
      }
      return r;
    }

    @Override
    public boolean[] reached(Tensor scores) {
      if (confidence == 0) {
        return reached(Decision.of(scores));
      }
      double[] lead = leads(scores, labels);
      boolean[] r = new boolean[lead.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = -lead[i] >= confidence;
      }
      return r;
    }

    @Override
    public String toString() {
      return "untargeted" + suffix(confidence);
    }
  }

  /**
   * One class that was chosen for each example.
   *
   * @param confidence by how much its score must be above all others
   */
  record Targeted(int[] labels, int[] targets, double confidence) implements Goal {
    public Targeted {
      if (labels.length != targets.length) {
        throw new IllegalArgumentException(
            labels.length + " labels and " + targets.length + " targets");
      }
      checkConfidence(confidence);
    }

    /** The target, by any margin. */
    public Targeted(int[] labels, int[] targets) {
      this(labels, targets, 0);
    }

    /** The same goal, reached only by this margin. */
    public Targeted by(double confidence) {
      return new Targeted(labels, targets, confidence);
    }

    @Override
    public Goal rows(int... which) {
      return new Targeted(pick(labels, which), pick(targets, which), confidence);
    }

    @Override
    public boolean[] reached(int... predicted) {
      checkDecides(confidence);
      checkSize(predicted.length, size());
      boolean[] r = new boolean[targets.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = predicted[i] == targets[i];
      }
      return r;
    }

    @Override
    public boolean[] reached(Tensor scores) {
      if (confidence == 0) {
        return reached(Decision.of(scores));
      }
      double[] lead = leads(scores, targets);
      boolean[] r = new boolean[lead.length];
      for (int i = 0; i < r.length; i++) {
        r[i] = lead[i] >= confidence;
      }
      return r;
    }

    @Override
    public String toString() {
      return "targeted" + suffix(confidence);
    }
  }

  /**
   * Whatever a rule says.
   *
   * @param labels the right classes, or null if the model does not classify
   * @param truth what is right, [N, …], or null if that is the labels
   */
  record Custom(Rule rule, int[] labels, Tensor truth) implements Goal {
    public Custom {
      if ((labels == null) == (truth == null)) {
        throw new IllegalArgumentException("a goal of one's own has either labels or a truth");
      }
    }

    @Override
    public int[] labels() {
      if (labels == null) {
        throw new AttackException(
            "goal "
                + this
                + " has no classes: take a surrogate that compares scores with the"
                + " truth, as Surrogate.squaredError(), and an attack that lets one choose");
      }
      return labels;
    }

    @Override
    public boolean isLabelled() {
      return labels != null;
    }

    @Override
    public int size() {
      return labels == null ? truth.shape().dim(0) : labels.length;
    }

    @Override
    public Goal rows(int... which) {
      return labels == null
          ? new Custom(rule, null, truth.rows(which))
          : new Custom(rule, pick(labels, which), null);
    }

    @Override
    public boolean[] reached(int... predicted) {
      throw new AttackException(
          "goal "
              + this
              + " looks at scores, and was shown classes only: take an attack that sees"
              + " scores");
    }

    @Override
    public boolean[] reached(Tensor scores) {
      Decision.check(scores);
      checkSize(scores.shape().dim(0), size());
      boolean[] r = new boolean[size()];
      for (int i = 0; i < r.length; i++) {
        float[] right = labels == null ? truth.slice(i, i + 1).toArray() : new float[] {labels[i]};
        r[i] = rule.isReached(scores.slice(i, i + 1).toArray(), right);
      }
      return r;
    }

    @Override
    public String toString() {
      return rule.toString();
    }
  }

  /** z_y − max_{j≠y} z_j of every row. */
  private static double[] leads(Tensor scores, int[] classes) {
    Decision.check(scores);
    checkSize(scores.shape().dim(0), classes.length);
    int k = scores.shape().dim(1);
    double[] leads = new double[classes.length];
    for (int i = 0; i < leads.length; i++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < k; j++) {
        best = j == classes[i] ? best : Math.max(best, scores.get(i * k + j));
      }
      leads[i] = scores.get(i * k + classes[i]) - best;
    }
    return leads;
  }

  private static void checkSize(int shown, int examples) {
    if (shown != examples) {
      throw new ShapeException(
          "a goal of %d examples, and what a model says of %d", examples, shown);
    }
  }

  private static void checkConfidence(double confidence) {
    if (!(confidence >= 0) || Double.isInfinite(confidence)) {
      throw new IllegalArgumentException(
          "confidence " + confidence + ": a difference of scores, from 0 on");
    }
  }

  private static void checkDecides(double confidence) {
    if (confidence > 0) {
      throw new AttackException(
          "a goal with confidence " + confidence + " looks at scores, and was shown classes only");
    }
  }

  private static String suffix(double confidence) {
    return confidence == 0 ? "" : " by " + confidence;
  }

  private static int[] pick(int[] from, int[] which) {
    return Arrays.stream(which).map(i -> from[i]).toArray();
  }
}
