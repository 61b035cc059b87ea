package dev.bagel.adversarial.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.auto.Fab;
import dev.bagel.adversarial.query.DatasetAttack;
import dev.bagel.adversarial.query.GivenPoints;
import dev.bagel.adversarial.universal.AdversarialPatch;
import dev.bagel.adversarial.universal.UniversalPerturbation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RegistryTest {
  /** What makes attacks of attacks. */
  private static final Set<Class<?>> COMBINATIONS =
      Set.of(
          Attack.Cascade.class,
          Attack.Restarts.class,
          BallAttack.Followed.class,
          BallAttack.Repeated.class,
          Fab.Near.class,
          MinimalAttack.Within.class,
          MinimalAttack.Repeated.class,
          MinimalAttack.Nearer.class);

  /** What is made from data, and so has no name on a command line. */
  private static final Set<Class<?>> FROM_DATA =
      Set.of(
          AdversarialPatch.class,
          DatasetAttack.class,
          GivenPoints.class,
          UniversalPerturbation.class);

  private static List<Attack> made(AttackEntry entry) {
    List<Attack> made = new ArrayList<>();
    entry.norms().forEach(norm -> made.add(entry.make(norm, 1)));
    if (entry.norms().isEmpty()) {
      made.add(entry.make(null, 0));
    }
    return made;
  }

  /** The class of an attack, and of all attacks that it is made of. */
  private static void classes(Object attack, Set<String> into) {
    into.add(attack.getClass().getName());
    if (attack instanceof Record r) {
      for (RecordComponent c : r.getClass().getRecordComponents()) {
        if (Attack.class.isAssignableFrom(c.getType())) {
          try {
            c.getAccessor().setAccessible(true); // of records that are not public
            classes(c.getAccessor().invoke(r), into);
          } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
          }
        }
      }
    }
  }

  @Test
  void everyAttackOfTheModuleHasItsLine() {
    Set<String> known = new HashSet<>();
    COMBINATIONS.forEach(c -> known.add(c.getName()));
    FROM_DATA.forEach(c -> known.add(c.getName()));
    Registry.ALL.forEach(entry -> made(entry).forEach(attack -> classes(attack, known)));
    Set<String> missing = new TreeSet<>();
    for (JavaClass c :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.bagel.adversarial")) {
      if (c.isRecord()
          && c.isAssignableTo(Attack.class)
          && c.getModifiers().contains(JavaModifier.PUBLIC)
          && !known.contains(c.getName())) {
        missing.add(c.getName());
      }
    }
    assertEquals(Set.of(), missing, "a line in Registry is missing");
  }

  @Test
  void everyNameIsThereOnceAndEveryEntryMakesWhatItSays() {
    Set<String> names = new HashSet<>();
    for (AttackEntry entry : Registry.ALL) {
      assertTrue(names.add(entry.name()), entry.name() + " twice");
      assertTrue(entry.name().matches("[a-z0-9-]+"), entry.name());
      assertFalse(entry.what().isBlank() || entry.queries().isBlank(), entry.name());
      for (Norm norm : entry.norms()) {
        Attack attack = entry.make(norm, 1);
        if (attack instanceof BallAttack b) {
          assertEquals(norm, b.ball().norm(), entry.name());
          assertEquals(1, b.ball().epsilon(), entry.name());
        } else {
          assertEquals(norm, ((MinimalAttack) attack).norm(), entry.name());
        }
      }
    }
  }
}
