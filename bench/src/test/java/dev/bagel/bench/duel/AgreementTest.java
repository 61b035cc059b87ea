package dev.bagel.bench.duel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AgreementTest {
  private static Agreement of(double share, float[] ours, float[] theirs) {
    return new Agreement("numbers", 0.01, share, () -> ours, () -> theirs);
  }

  @Test
  void differencesCountInTermsOfTheLargest() {
    assertDoesNotThrow(of(0, new float[] {100, 0.9f}, new float[] {100, 0})::check);
    assertThrows(Disagreement.class, of(0, new float[] {100, 1.1f}, new float[] {100, 0})::check);
  }

  @Test
  void aShareMayDiffer() {
    assertDoesNotThrow(of(0.5, new float[] {1, 2}, new float[] {1, 1})::check);
    assertThrows(Disagreement.class, of(0.4, new float[] {1, 2}, new float[] {1, 1})::check);
  }

  @Test
  void nothingAgreesWithNanOrWithNothing() {
    float[] nan = {Float.NaN, 1};
    assertThrows(Disagreement.class, of(0, nan, nan)::check);
    assertThrows(Disagreement.class, of(0, new float[2], new float[2])::check);
    assertThrows(Disagreement.class, of(0, new float[] {1}, new float[] {1, 1})::check);
  }
}
