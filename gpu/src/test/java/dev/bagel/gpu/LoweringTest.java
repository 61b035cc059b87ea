package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bagel.autodiff.Custom;
import dev.bagel.autodiff.Detach;
import dev.bagel.autodiff.Elementwise;
import dev.bagel.autodiff.Linear;
import dev.bagel.autodiff.Op;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoweringTest {
  /** Operations that no stage of a program begins with. */
  private static final Set<Class<?>> GONE = Set.of(Detach.class, Linear.Reshape.class);

  private static void collect(Class<?> family, Set<Class<?>> members) {
    if (family.isSealed()) {
      for (Class<?> c : family.getPermittedSubclasses()) {
        collect(c, members);
      }
    } else {
      members.add(family);
    }
  }

  @Test
  void everyMemberOfTheFamilyIsWrittenOrIsNamedHere() {
    Set<Class<?>> members = new LinkedHashSet<>();
    collect(Op.class, members);
    assertTrue(members.size() > 25, "the family was not found: " + members);
    members.removeAll(Lowering.operations());
    members.removeAll(GONE);
    members.removeIf(Elementwise.class::isAssignableFrom); // they are chains
    assertEquals(Set.of(Custom.class), members, "Java code stays here; all others run there");
  }
}
