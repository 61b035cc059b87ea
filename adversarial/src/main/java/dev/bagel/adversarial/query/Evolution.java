package dev.bagel.adversarial.query;

import dev.bagel.adversarial.Found;
import dev.bagel.adversarial.Seeds;
import dev.bagel.tensor.Rng;
import java.util.Arrays;

/** A run of {@link GenAttack}: the generations of all examples live and die together. */
final class Evolution {
  private static final double AGEING = 0.9;

  /** One example's population. */
  private static final class Population {
    private float[][] members;
    private double[] fitness;
    private double best = Double.NEGATIVE_INFINITY;
    private int unimproved;
    private int plateaus;

    int elite() {
      int e = 0;
      for (int m = 1; m < fitness.length; m++) {
        e = fitness[m] > fitness[e] ? m : e;
      }
      return e;
    }

    void note(int plateau) {
      double now = fitness[elite()];
      unimproved = now > best ? 0 : unimproved + 1;
      best = Math.max(best, now);
      if (unimproved == plateau) {
        plateaus++;
        unimproved = 0;
      }
    }
  }

  private final GenAttack settings;
  private final Climbers climbers;
  private final Seeds seeds;
  private final Population[] populations;

  Evolution(GenAttack settings, Climbers climbers, Seeds seeds) {
    this.settings = settings;
    this.climbers = climbers;
    this.seeds = seeds;
    populations = new Population[climbers.n];
  }

  Found found() {
    for (int i = 0; i < climbers.n; i++) {
      populations[i] = first(i, seeds.example(i).at("first"));
    }
    for (int g = 0; g < settings.generations() && climbers.isClimbing(); g++) {
      int[] who = climbers.climbing();
      evaluate(who, g == 0 ? 0 : 1);
      for (int i : who) {
        populations[i].note(settings.plateau());
        next(i, seeds.example(i).at("generation").at(g));
      }
    }
    return climbers.result();
  }

  private Population first(int i, Rng rng) {
    Population p = new Population();
    p.members = new float[settings.population()][climbers.d];
    p.fitness = new double[settings.population()];
    for (int m = 0; m < p.members.length; m++) {
      for (int j = 0; j < climbers.d; j++) {
        double delta = (2 * rng.at(m).uniformDouble(j) - 1) * settings.ball().epsilon();
        p.members[m][j] = climbers.origin(i)[j] + (float) delta;
      }
    }
    return p;
  }

  private void evaluate(int[] who, int from) {
    Points points = climbers.points();
    for (int i : who) {
      for (int m = from; m < settings.population(); m++) {
        points.add(i, populations[i].members[m]);
      }
    }
    Points valid = points.in(settings.ball(), origins());
    double[] fitness = climbers.told(valid);
    int k = 0;
    for (int i : who) {
      for (int m = from; m < settings.population(); m++, k++) {
        populations[i].members[m] = valid.row(k);
        populations[i].fitness[m] = fitness[k];
      }
    }
  }

  private float[][] origins() {
    float[][] origins = new float[climbers.n][];
    Arrays.setAll(origins, climbers::origin);
    return origins;
  }

  /** The elite first, then children of two parents each, crossed and mutated. */
  private void next(int i, Rng rng) {
    Population p = populations[i];
    double[] odds = odds(p.fitness);
    int elite = p.elite();
    float[][] children = new float[p.members.length][];
    children[0] = p.members[elite];
    for (int c = 1; c < children.length; c++) {
      Rng birth = rng.at(c);
      int mother = draw(odds, birth.at("parents").uniformDouble(0));
      int father = draw(odds, birth.at("parents").uniformDouble(1));
      double share = odds[mother] / (odds[mother] + odds[father]);
      children[c] = p.members[father].clone();
      for (int j = 0; j < climbers.d; j++) {
        boolean hers = birth.at("crossover").uniformDouble(j) < share;
        children[c][j] = hers ? p.members[mother][j] : children[c][j];
      }
      mutate(p, children[c], birth.at("mutation"));
    }
    double best = p.fitness[elite];
    p.members = children;
    p.fitness = new double[children.length];
    p.fitness[0] = best;
  }

  private void mutate(Population p, float[] child, Rng rng) {
    double age = Math.pow(AGEING, p.plateaus);
    double rho = Math.max(settings.mutation(), 0.5 * age);
    double alpha = Math.max(settings.range(), 0.4 * age) * settings.ball().epsilon();
    Rng where = rng.at("where");
    for (int j = 0; j < child.length; j++) {
      if (where.uniformDouble(j) < rho) {
        child[j] += (float) ((2 * rng.uniformDouble(j) - 1) * alpha);
      }
    }
  }

  /** softmax(fitness / τ). */
  private double[] odds(double... fitness) {
    double most = Arrays.stream(fitness).max().orElse(0);
    double[] odds =
        Arrays.stream(fitness)
            .map(v -> v == most ? 1 : Math.exp((v - most) / settings.temperature()))
            .toArray();
    double sum = Arrays.stream(odds).sum();
    return Arrays.stream(odds).map(v -> v / sum).toArray();
  }

  private static int draw(double[] odds, double u) {
    double sum = 0;
    for (int m = 0; m < odds.length; m++) {
      sum += odds[m];
      if (u < sum) {
        return m;
      }
    }
    return odds.length - 1;
  }
}
