package dev.bagel.adversarial.audit;

import dev.bagel.nn.Bounds;
import java.util.List;
import java.util.Locale;

/**
 * A reason to doubt a figure of robustness: what was seen, with its numbers, what to do about it,
 * and who says so. Accuracies are shares from 0 to 1.
 */
public sealed interface Finding {
  /** What was seen, in one sentence. */
  String what();

  /** What to do about it. */
  String advice();

  /** Where this is explained. */
  String paper();

  /** Its name in a document, such as {@code QueriesBeatGradients}. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** One step of an attack finds more than many. */
  record SingleStepBeatsIterative(double epsilon, double afterOne, double afterMany)
      implements Finding {
    @Override
    public String what() {
      return "at ε = %s one step leaves %s, many leave %s"
          .formatted(epsilon, percent(afterOne), percent(afterMany));
    }

    @Override
    public String advice() {
      return "The gradient misleads after the first step. Attack with more restarts and with"
          + " queries alone; do not trust figures from gradients.";
    }

    @Override
    public String paper() {
      return OBFUSCATED + ", §3.1";
    }
  }

  /** An attack without gradients finds what those with gradients did not. */
  record QueriesBeatGradients(String attack, double before, double after) implements Finding {
    @Override
    public String what() {
      return "%s, which sees no gradient, takes robust accuracy from %s to %s"
          .formatted(attack, percent(before), percent(after));
    }

    @Override
    public String advice() {
      return "The gradient is masked. Give Square more queries and restarts, and write an adaptive"
          + " attack; the true figure is below this one.";
    }

    @Override
    public String paper() {
      return OBFUSCATED + ", §3.1; Croce and Hein 2020, flags of AutoAttack";
    }
  }

  /** A larger ball holds all that a smaller one does, and yet less was found in it. */
  record SuccessFallsWithRadius(double epsilon, double accuracy, double larger, double there)
      implements Finding {
    @Override
    public String what() {
      return "accuracy under attack is %s at ε = %s, and %s at ε = %s"
          .formatted(percent(accuracy), epsilon, percent(there), larger);
    }

    @Override
    public String advice() {
      return "The attack gets lost in the larger ball: more steps, restarts, a smaller step size.";
    }

    @Override
    public String paper() {
      return CHECKLIST + ", §5.1";
    }
  }

  /** When everything may change, everything must fall. */
  record LargeRadiusDoesNotReachZero(double epsilon, double accuracy) implements Finding {
    @Override
    public String what() {
      return "%s are still right at ε = %s, where an input may become any other"
          .formatted(percent(accuracy), epsilon);
    }

    @Override
    public String advice() {
      return "There are errors in that ball, the other classes' inputs, and the attack does not see"
          + " them: the gradient is masked. Attack with queries, or through a substitute model.";
    }

    @Override
    public String paper() {
      return CHECKLIST + ", §5.1; " + OBFUSCATED + ", §3.1";
    }
  }

  /** Twice the steps find more: the attack was stopped too early. */
  record NotConverged(int steps, double accuracy, double accuracyWithTwice) implements Finding {
    @Override
    public String what() {
      return "%d steps leave %s, twice as many leave %s"
          .formatted(steps, percent(accuracy), percent(accuracyWithTwice));
    }

    @Override
    public String advice() {
      return "Double the steps until nothing changes, and report that figure.";
    }

    @Override
    public String paper() {
      return CHECKLIST + ", §5.3";
    }
  }

  /** Where the gradient of the cross-entropy is 0 in float, most attacks stand still. */
  record ZeroGradients(int points, int of) implements Finding {
    @Override
    public String what() {
      return "the gradient of the cross-entropy is exactly 0 at %d of %d inputs"
          .formatted(points, of);
    }

    @Override
    public String advice() {
      return "Attack a loss that does not saturate (margin, DLR); if the model rounds or steps,"
          + " replace that by its identity when differentiating (BPDA).";
    }

    @Override
    public String paper() {
      return "Croce and Hein 2020, flags of AutoAttack; Carlini and Wagner 2017, §VI; "
          + OBFUSCATED;
    }
  }

  /** A step along the gradient does not do what the gradient says. */
  record GradientsMislead(int points, int of, List<String> operations) implements Finding {
    /** Keeps a copy. */
    public GradientsMislead {
      operations = List.copyOf(operations);
    }

    @Override
    public String what() {
      return "at %d of %d inputs the gradient promises twice of what a step along it brings, or more%s"
          .formatted(
              points,
              of,
              operations.isEmpty()
                  ? ""
                  : "; on the way are operations without a gradient: "
                      + String.join(", ", operations));
    }

    @Override
    public String advice() {
      return "The model is not differentiable where it is attacked: approximate the operation when"
          + " differentiating (BPDA), or attack with queries.";
    }

    @Override
    public String paper() {
      return OBFUSCATED + ", §4.1";
    }
  }

  /** The outputs are a distribution already: a softmax of them has hardly a gradient. */
  record LogitsAreProbabilities(int inputs) implements Finding {
    @Override
    public String what() {
      return "all scores of %d inputs are in 0 … 1 and add up to 1: probabilities, not logits"
          .formatted(inputs);
    }

    @Override
    public String advice() {
      return "Take the softmax off the model, or put a logarithm behind it.";
    }

    @Override
    public String paper() {
      return "Croce and Hein 2020, flags of AutoAttack";
    }
  }

  /** The same input, another answer. */
  record Randomised(int changed, int of, double difference) implements Finding {
    @Override
    public String what() {
      return "the same inputs get other scores when asked again (%.2g of their length); the decision changes for %d of %d"
          .formatted(difference, changed, of);
    }

    @Override
    public String advice() {
      return "Average gradients over many passes (AutoAttack's version rand, EOT) and count a find"
          + " only if it holds for most draws. A function that draws by itself draws once for each"
          + " plan and repeats it: make it by Classifier.random.";
    }

    @Override
    public String paper() {
      return CHECKLIST + ", §5.5; " + OBFUSCATED + ", §4.2";
    }
  }

  /** The forward pass goes through the same weights many times. */
  record OptimisesAtInference(int passes) implements Finding {
    @Override
    public String what() {
      return "one answer passes %d times through the same weights".formatted(passes);
    }

    @Override
    public String advice() {
      return "If it is an optimisation (purification, an inner attack), AutoAttack is not enough:"
          + " write an attack that takes it into account. If it is a recurrent net, all is well.";
    }

    @Override
    public String paper() {
      return "Croce et al. 2022, \"Evaluating the adversarial robustness of adaptive test-time"
          + " defenses\"";
    }
  }

  /** Fewer classes than the losses of AutoAttack are made for: 4, or 3 without targets. */
  record FewClasses(int classes) implements Finding {
    @Override
    public String what() {
      return classes
          + " classes are too few for the DLR loss of AutoAttack; the margin took its place";
    }

    @Override
    public String advice() {
      return "Nothing to mend; name it where the figure is compared with others.";
    }

    @Override
    public String paper() {
      return "Croce and Hein 2020, flags of AutoAttack";
    }
  }

  /** Inputs that the model says it never gets. */
  record OutsideBounds(int inputs, int of, Bounds bounds) implements Finding {
    @Override
    public String what() {
      return "%d of %d inputs have elements outside %s; they were left out"
          .formatted(inputs, of, bounds);
    }

    @Override
    public String advice() {
      return "Scale the inputs as for training, or give the model its true bounds.";
    }

    @Override
    public String paper() {
      return CHECKLIST + ", §4.2";
    }
  }

  /** Carlini et al. 2019. */
  String CHECKLIST = "Carlini et al. 2019, \"On evaluating adversarial robustness\"";

  /** Athalye, Carlini and Wagner 2018. */
  String OBFUSCATED =
      "Athalye et al. 2018, \"Obfuscated gradients give a false sense of security\"";

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
