package dev.bagel.nn.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** The operator tests of ONNX's authors, in their tolerance. */
class OperatorsTest {
  private static final double RELATIVE = 1e-3;
  private static final double ABSOLUTE = 1e-7;

  @Test
  void everyCaseOfAKnownOperatorPasses() throws IOException {
    Map<String, SortedMap<String, byte[]>> cases = Case.byName(Archive.files("node"));
    List<String> unknown = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    int passed = 0;
    for (String name : cases.keySet()) {
      Case test;
      try {
        test = Case.of(name, cases.get(name));
      } catch (IOException e) {
        unknown.add(name + ": " + e.getMessage());
        continue;
      }
      if (!test.graph().nodes().stream().allMatch(Operators::knows)) {
        unknown.add(name);
        continue;
      }
      String wrong = wrong(test);
      if (wrong.isEmpty()) {
        passed++;
      } else {
        failed.add(name + ": " + wrong);
      }
    }
    System.out.println(passed + " passed of " + cases.size());
    System.out.println(unknown.size() + " unknown: " + unknown);
    failed.forEach(System.out::println);
    assertEquals(List.of(), failed);
  }

  private static String wrong(Case test) {
    try {
      String eager = test.difference(test.eager(), RELATIVE, ABSOLUTE);
      return eager.isEmpty() ? test.difference(test.planned(), RELATIVE, ABSOLUTE) : eager;
    } catch (RuntimeException e) {
      return e.toString();
    }
  }
}
