package dev.bagel.tensor.io;

/**
 * The last of the size checks: an array that is really in the file may still be larger than the
 * memory of this JVM.
 */
public final class HeapLimit {
  private HeapLimit() {}

  /**
   * Refuses what cannot fit, before it is allocated.
   *
   * @throws FormatException if {@code bytes} exceed the heap that this JVM may use
   */
  public static void check(long bytes, String source) throws FormatException {
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw FormatException.of(
          source,
          "its declared size",
          bytes + " bytes of memory needed and the heap has " + heap,
          "start java with a larger -Xmx");
    }
  }
}
