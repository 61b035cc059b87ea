package dev.bagel.bench.work;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelWorkTest {
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector"})
  void kernelsGiveWhatTheDefinitionsSay(String kernels) {
    ConvCase small = new ConvCase(3, 5, 3, 6);
    assertDoesNotThrow(() -> KernelWork.matMul(17).checked(kernels));
    assertDoesNotThrow(() -> KernelWork.convForward(small).checked(kernels));
    assertDoesNotThrow(() -> KernelWork.convInput(small).checked(kernels));
    assertDoesNotThrow(() -> KernelWork.convFilter(small).checked(kernels));
    assertDoesNotThrow(() -> KernelWork.maxPool(3, 6).checked(kernels));
    assertDoesNotThrow(() -> KernelWork.maxUnpool(3, 6).checked(kernels));
  }

  @Test
  void theTextOfEveryCaseIsReadBack() {
    ConvCase.all().forEach(c -> assertEquals(c, ConvCase.of(c.toString())));
    assertThrows(IllegalArgumentException.class, () -> ConvCase.of("3-64-3x5@32"));
  }
}
