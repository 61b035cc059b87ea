package dev.bagel.adversarial.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.nn.layer.Activation;
import dev.bagel.tensor.Rng;
import dev.bagel.tensor.Seeded;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every explanation. */
@ExtendWith(Seeded.class)
class ExplanationContractTest {
  static List<Explanation> all() {
    return List.of(
        new Saliency(),
        new SmoothGrad(3, 0.1),
        new IntegratedGradients(4, 0),
        new GuidedBackpropagation(),
        GradCam.last(),
        GradCamPlusPlus.at("1"),
        FeatureMaps.at("4"),
        Product.guidedGradCam(GradCam.last()));
  }

  @Test
  void everyMemberOfTheFamilyIsTested() {
    Set<Class<?>> tested = all().stream().map(Object::getClass).collect(Collectors.toSet());
    assertEquals(members(Explanation.class).collect(Collectors.toSet()), tested);
  }

  private static Stream<Class<?>> members(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(ExplanationContractTest::members)
        : Stream.of(type);
  }

  @ParameterizedTest
  @MethodSource("all")
  void anInputsMapDoesNotDependOnItsBatch(Explanation e) {
    Rng rng = Rng.of(3);
    Question q = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(70, rng));
    Heatmap together = e.heatmap(q); // in two parts
    for (int i : new int[] {0, 63, 64, 69}) {
      Question alone =
          new Question(
              q.model(),
              q.x().rows(i),
              new int[] {q.classes()[i]},
              q.seeds().rows(i),
              q.progress());
      Tensor one = e.heatmap(alone).map(0);
      float scale = one.abs().maxTo(Shape.of()).item();
      assertArrayEquals(one.array(), together.map(i).array(), 1e-4f * scale + 1e-9f);
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void mapsAreFiniteAndRepeatAndPositiveUnlessSigned(Explanation e) {
    Rng rng = Rng.of(4);
    Question q = Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(3, rng));
    Heatmap map = e.heatmap(q);
    assertEquals(3, map.size());
    assertEquals(-1, map.values().firstNotFinite());
    assertEquals(map, e.heatmap(q));
    assertTrue(map.signed() || map.values().neg().maxTo(Shape.of()).item() <= 0);
    float most = map.scaled().values().abs().maxTo(Shape.of()).item();
    assertEquals(1, most, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("all")
  void progressEndsWhenAllIsDone(Explanation e) {
    Rng rng = Rng.of(5);
    long[] last = new long[2];
    Question q =
        Question.of(Nets.conv(Activation.RELU, rng), Nets.pictures(66, rng))
            .progress(
                (done, all, what) -> {
                  last[0] = done;
                  last[1] = all;
                });
    e.heatmap(q);
    assertTrue(last[1] > 0);
    assertEquals(last[1], last[0]);
  }

  @Test
  void explanationsPrintAsWhatTheyDo() {
    assertEquals("SmoothGrad[samples=3, sigma=0.1]", new SmoothGrad(3, 0.1).toString());
    Set<String> names = new HashSet<>();
    for (Explanation e : all()) {
      assertFalse(e.toString().contains("@"), e.toString());
      assertTrue(names.add(e.toString()));
    }
  }
}
