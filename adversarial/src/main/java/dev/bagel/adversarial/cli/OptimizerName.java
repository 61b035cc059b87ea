package dev.bagel.adversarial.cli;

import dev.bagel.nn.Optimizer;

/** The optimizers by name, with the settings that are chosen if none are given. */
enum OptimizerName {
  SGD(0.05, 0.9, 0) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      return Optimizer.sgd(rate, momentum).decay(decay);
    }
  },
  ADAM(0.001, Double.NaN, 0) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      Optimizer.Adam plain = Optimizer.adam(rate);
      return new Optimizer.Adam(rate, plain.beta1(), plain.beta2(), plain.epsilon(), decay, false);
    }
  },
  ADAMW(0.001, Double.NaN, 0.01) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      return Optimizer.adamW(rate, decay);
    }
  },
  RMSPROP(0.001, Double.NaN, Double.NaN) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      return Optimizer.rmsProp(rate);
    }
  },
  ADAGRAD(0.01, Double.NaN, Double.NaN) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      return Optimizer.adagrad(rate);
    }
  },
  FTRL(0.05, Double.NaN, Double.NaN) {
    @Override
    Optimizer build(double rate, double momentum, double decay) {
      return Optimizer.ftrl(rate);
    }
  };

  final double rate;

  /** NaN if it has none. */
  final double momentum;

  /** NaN if it has none. */
  final double decay;

  OptimizerName(double rate, double momentum, double decay) {
    this.rate = rate;
    this.momentum = momentum;
    this.decay = decay;
  }

  abstract Optimizer build(double rate, double momentum, double decay);
}
