package dev.bagel.nn;

import dev.bagel.nn.data.Batch;
import dev.bagel.nn.data.Batches;
import dev.bagel.nn.data.Dataset;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The training loop, once, as a value that says everything about a run: two fits of the same model
 * with equal trainers and data give the same bits, for any number of threads, interrupted or not.
 *
 * <pre>{@code
 * Fit fit = Trainer.of(Objective.crossEntropy(), Optimizer.adam(1e-3)).epochs(10).batch(64)
 *     .fit(Model.init(net, shape, rng), train, test);
 * }</pre>
 *
 * @param objective what is made small
 * @param optimizer how
 * @param schedule how the learning rate changes
 * @param stopping when to stop early
 * @param epochs how often every example is seen
 * @param batch examples in one step
 * @param seed of the order of the examples and of all that is random in a step
 */
public record Trainer(
    Objective objective,
    Optimizer optimizer,
    Schedule schedule,
    Stopping stopping,
    int epochs,
    int batch,
    long seed) {
  public Trainer {
    if (epochs < 1 || batch < 1 || !(optimizer.rate() > 0)) {
      throw new IllegalArgumentException(
          epochs
              + " epochs, batches of "
              + batch
              + ", rate "
              + optimizer.rate()
              + ": all must be positive");
    }
  }

  /** Ten epochs of batches of 64 at a constant rate. */
  public static Trainer of(Objective objective, Optimizer optimizer) {
    return new Trainer(objective, optimizer, Schedule.constant(), Stopping.NEVER, 10, 64, 0);
  }

  public Trainer schedule(Schedule schedule) {
    return new Trainer(objective, optimizer, schedule, stopping, epochs, batch, seed);
  }

  public Trainer stopping(Stopping stopping) {
    return new Trainer(objective, optimizer, schedule, stopping, epochs, batch, seed);
  }

  public Trainer epochs(int epochs) {
    return new Trainer(objective, optimizer, schedule, stopping, epochs, batch, seed);
  }

  public Trainer batch(int batch) {
    return new Trainer(objective, optimizer, schedule, stopping, epochs, batch, seed);
  }

  public Trainer seed(long seed) {
    return new Trainer(objective, optimizer, schedule, stopping, epochs, batch, seed);
  }

  /** How well a model does on a data set. */
  public static Scores evaluate(Classifier model, Dataset data) {
    return Scores.of(model, data);
  }

  /** A trained model, and how it came about. */
  public record Fit(Model model, List<Epoch> history) {
    public Fit {
      history = List.copyOf(history);
    }
  }

  /** Trains without validation. */
  public Fit fit(Model model, Dataset train, Callback... callbacks) {
    return fit(model, train, null, callbacks);
  }

  /** Trains, and evaluates after every epoch on {@code validation}. */
  public Fit fit(Model model, Dataset train, Dataset validation, Callback... callbacks) {
    try {
      return new Run(this, model, train, validation, null, callbacks).go();
    } catch (IOException e) { // only a checkpoint does input and output
      throw new IllegalStateException(e);
    }
  }

  /**
   * Trains with a checkpoint: if its file is there, goes on from it; while training, replaces it.
   *
   * @throws IOException if the file cannot be written, or is of another run
   */
  public Fit fit(
      Model model, Dataset train, Dataset validation, Checkpoint checkpoint, Callback... callbacks)
      throws IOException {
    return new Run(this, model, train, validation, checkpoint, callbacks).go();
  }

  /** One run of a trainer: what remembers. */
  static final class Run {
    private final Trainer settings;
    private final Dataset train;
    private final Dataset validation;
    private final Checkpoint checkpoint;
    private final Callback[] callbacks;
    private final Training training;
    private final Batches batches;
    private final Rng rng;
    private final Model start;

    /** Where the run is, and what it will return; what a checkpoint holds beside the numbers. */
    long steps;

    double lossSum;
    final List<Epoch> history = new ArrayList<>();
    Model best;
    int bestEpoch;

    Run(
        Trainer settings,
        Model model,
        Dataset train,
        Dataset validation,
        Checkpoint checkpoint,
        Callback... callbacks) {
      this.settings = settings;
      this.train = train;
      this.validation = validation;
      this.checkpoint = checkpoint;
      this.callbacks = callbacks.clone();
      checkFits(model, train);
      if (validation != null) {
        checkFits(model, validation);
      }
      if (!settings.stopping.isNever() && validation == null) {
        throw new TrainingException("stopping early needs validation examples");
      }
      rng = Rng.of(settings.seed);
      training = new Training(model, settings.objective, settings.optimizer);
      batches = new Batches(train.size(), settings.batch, rng);
      best = model;
      start = model;
    }

    private static void checkFits(Model model, Dataset data) {
      if (!model.takes(Shape.of(1).concat(data.example()))) {
        throw new TrainingException(
            "data set "
                + data.name()
                + " has examples "
                + data.example()
                + ", the model takes "
                + model.example());
      }
    }

    Training training() {
      return training;
    }

    /** What must be equal for a checkpoint to fit. */
    String identity() {
      return String.join(
          " ",
          settings.toString(),
          "on",
          describe(train),
          "validated on",
          validation == null ? "nothing" : describe(validation),
          "from",
          start.net().toString(),
          start.preprocessing().toString(),
          start.bounds().toString(),
          Integer.toHexString(start.params().hashCode()));
    }

    private static String describe(Dataset data) {
      return data.name() + " " + data.size() + data.example();
    }

    Fit go() throws IOException {
      if (checkpoint != null) {
        checkpoint.restore(this);
      }
      boolean going = !stopsNow();
      while (going && history.size() < settings.epochs) {
        going = epoch() && !stopsNow();
      }
      checkFinite();
      return new Fit(settings.stopping.isNever() ? training.model() : best, history);
    }

    /** A loss is that before its step: what the step did to the weights has to be looked at. */
    private void checkFinite() {
      training
          .notFinite()
          .ifPresent(
              name -> {
                throw new TrainingException(
                    "after step %d, %s holds a number that is not finite: lower the learning rate"
                        .formatted(steps, name));
              });
    }

    private void save() throws IOException {
      if (checkpoint != null) {
        checkFinite();
        checkpoint.save(this);
      }
    }

    private boolean stopsNow() {
      return !settings.stopping.isNever()
          && history.size() - bestEpoch > settings.stopping.patience();
    }

    private boolean epoch() throws IOException {
      List<int[]> order = batches.epoch(history.size());
      double rate = 0;
      for (int s = (int) (steps % order.size()); s < order.size(); s++) {
        rate = settings.optimizer.rate() * settings.schedule.factor(moment());
        step(train.batch(order.get(s)), rate);
        if (s + 1 < order.size() && checkpoint != null && checkpoint.isDue(steps)) {
          save();
        }
      }
      Epoch done = finished(rate);
      boolean going = true;
      for (Callback c : callbacks) {
        going &= c.epoch(done, training::model);
      }
      save();
      return going;
    }

    /** How much of the run is done, from 0 to 1. */
    private double moment() {
      return (steps + 0.5) / ((double) settings.epochs * batches.perEpoch()); // a step's middle
    }

    private void step(Batch b, double rate) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("training was interrupted after " + steps + " steps");
      }
      Rng now = rng.at("step").at(steps);
      Tensor crafted = settings.objective.craft(training, b, now.at("craft"));
      double loss = training.step(b, crafted, now, rate, steps + 1);
      if (!Double.isFinite(loss)) {
        throw new TrainingException(
            "the loss is %s at step %d (epoch %d): lower the learning rate (%s), or look for extreme"
                    .formatted(loss, steps + 1, history.size() + 1, rate)
                + " values in the data");
      }
      lossSum += loss * b.size();
      steps++;
      long total = (long) settings.epochs * batches.perEpoch();
      for (Callback c : callbacks) {
        c.step(steps, total, loss);
      }
    }

    private Epoch finished(double rate) {
      double validationLoss = Double.NaN;
      double accuracy = Double.NaN;
      if (validation != null) {
        Scores scores = Scores.of(training, validation, Progress.NONE);
        validationLoss = scores.negativeLogLikelihood();
        accuracy = scores.accuracy();
      }
      Epoch e =
          new Epoch(history.size() + 1, lossSum / train.size(), validationLoss, accuracy, rate);
      lossSum = 0;
      Stopping s = settings.stopping;
      if (!s.isNever()
          && (bestEpoch == 0 || s.value(e) > s.value(history.get(bestEpoch - 1)) + s.margin())) {
        bestEpoch = e.number();
        best = training.model();
      }
      history.add(e);
      return e;
    }
  }
}
