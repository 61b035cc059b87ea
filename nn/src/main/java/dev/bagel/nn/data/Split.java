package dev.bagel.nn.data;

/** Which part of a data set: what a model learns from, or what it is judged by. */
public enum Split {
  /** For training. */
  TRAIN,
  /** For testing, and for attacks. */
  TEST
}
