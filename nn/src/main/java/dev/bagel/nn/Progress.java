package dev.bagel.nn;

/** Hears how far something has come: a download, an epoch, an attack. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (done, total, what) -> {};

  /**
   * Called now and then, and at the end.
   *
   * @param done how much is done, in the unit of {@code total}
   * @param total how much there is; 0 if unknown
   * @param what what is being done, for a person to read
   */
  void at(long done, long total, String what);
}
