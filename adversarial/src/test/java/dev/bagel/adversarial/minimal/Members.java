package dev.bagel.adversarial.minimal;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import dev.bagel.adversarial.Pgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The attacks of this package, with few steps, in every norm that they have. */
final class Members {
  private Members() {}

  static Stream<MinimalAttack> all() {
    List<MinimalAttack> all = new ArrayList<>();
    for (Norm norm : Norm.values()) {
      Attack anywhere = new RandomStart(100).then(new Crossing(200));
      all.add(Fmn.in(norm).steps(60).start(anywhere));
      all.add(BrendelBethge.in(norm).steps(60).decay(0.5, 15).start(anywhere));
      all.add(MinimalEpsilon.of(Pgd.bim(largest(norm)).steps(20)));
    }
    all.add(DeepFool.in(Norm.L2));
    all.add(DeepFool.in(Norm.LINF));
    all.add(CarliniWagnerL2.attack().steps(100).searches(5).c(0.1));
    all.add(CarliniWagnerL0.attack().steps(60).c(0.1, 100));
    all.add(CarliniWagnerLinf.attack().steps(60).c(0.1, 20));
    all.add(Ead.attack().steps(100).searches(5).c(0.1));
    all.add(Ddn.attack().steps(60));
    all.add(NewtonFool.attack());
    all.add(Lbfgs.attack().searches(6));
    all.add(Jsma.attack().share(1));
    return all.stream();
  }

  private static Ball largest(Norm norm) {
    return new Ball(
        norm,
        switch (norm) {
          case LINF -> 2;
          case L2 -> 4;
          case L1 -> 10;
          case L0 -> 10;
        });
  }

  /** Every record of the package that is a minimal attack, by its class file. */
  static Set<Class<?>> written() throws IOException {
    Path classes =
        Path.of(DeepFool.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path folder = classes.resolve(DeepFool.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class"))
          .map(name -> named(name.substring(0, name.length() - ".class".length())))
          .filter(type -> MinimalAttack.class.isAssignableFrom(type) && !type.isInterface())
          .collect(Collectors.toSet());
    }
  }

  private static Class<?> named(String name) {
    try {
      return Class.forName(DeepFool.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  static boolean isTargetable(MinimalAttack attack) {
    return !(attack instanceof NewtonFool);
  }

  static boolean needsBox(MinimalAttack attack) {
    return attack instanceof Jsma;
  }
}
