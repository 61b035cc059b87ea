package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.Attack;
import dev.bagel.adversarial.Ball;
import dev.bagel.adversarial.BallAttack;
import dev.bagel.adversarial.MinimalAttack;
import dev.bagel.adversarial.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An attack that people know by a name, with its threat model.
 *
 * @param name as people type it
 * @param knowledge what it must know of the model
 * @param norms where it works, the first one if none is chosen; none if distance means nothing
 * @param targeted whether it can aim at a class
 * @param queries what it asks of the model for each example, at most
 * @param what one line about it, with its source
 * @param maker makes it
 */
record AttackEntry(
    String name,
    Knowledge knowledge,
    List<Norm> norms,
    boolean targeted,
    String queries,
    String what,
    Maker maker) {
  private static final List<Norm> ALL = List.of(Norm.values());

  /** How an attack is made, with the settings of its source. */
  sealed interface Maker {}

  /** In a ball. */
  record InBall(Function<Ball, ? extends BallAttack> maker) implements Maker {}

  /** As near as it can. */
  record Nearest(Function<Norm, ? extends MinimalAttack> maker) implements Maker {}

  /** As near as it can, in the largest ball that is of interest. */
  record NearestWithin(Function<Ball, ? extends MinimalAttack> maker) implements Maker {}

  /** Where distance means nothing. */
  record Free(Supplier<? extends Attack> maker) implements Maker {}

  /** An attack in a ball of any norm, untargeted and targeted. */
  static AttackEntry inBall(
      String name,
      Knowledge knowledge,
      String queries,
      String what,
      Function<Ball, ? extends BallAttack> maker) {
    return new AttackEntry(name, knowledge, ALL, true, queries, what, new InBall(maker));
  }

  /** An attack that looks for the nearest example, untargeted and targeted. */
  static AttackEntry nearest(
      String name,
      Knowledge knowledge,
      String queries,
      String what,
      Function<Norm, ? extends MinimalAttack> maker) {
    return new AttackEntry(name, knowledge, ALL, true, queries, what, new Nearest(maker));
  }

  /** An attack that looks for the nearest example in a ball of any norm. */
  static AttackEntry nearestWithin(
      String name,
      Knowledge knowledge,
      String queries,
      String what,
      Function<Ball, ? extends MinimalAttack> maker) {
    return new AttackEntry(name, knowledge, ALL, true, queries, what, new NearestWithin(maker));
  }

  /** An attack that knows no norm, untargeted and targeted. */
  static AttackEntry free(
      String name,
      Knowledge knowledge,
      String queries,
      String what,
      Supplier<? extends Attack> maker) {
    return new AttackEntry(name, knowledge, List.of(), true, queries, what, new Free(maker));
  }

  /** The same in these norms only; the first one if none is chosen. */
  AttackEntry in(Norm... norms) {
    return new AttackEntry(name, knowledge, List.of(norms), targeted, queries, what, maker);
  }

  /** The same, and it cannot aim at a class. */
  AttackEntry untargeted() {
    return new AttackEntry(name, knowledge, norms, false, queries, what, maker);
  }

  /** Whether it knows radii. */
  boolean hasRadius() {
    return !(maker instanceof Free);
  }

  /**
   * The attack.
   *
   * @param norm null if it knows none
   * @param epsilon the largest radius that is of interest
   */
  Attack make(Norm norm, double epsilon) {
    if (maker instanceof InBall b) {
      return b.maker.apply(new Ball(norm, epsilon));
    }
    if (maker instanceof NearestWithin n) {
      return n.maker.apply(new Ball(norm, epsilon));
    }
    return maker instanceof Nearest n ? n.maker.apply(norm) : ((Free) maker).maker.get();
  }

  String normLabels() {
    return norms.isEmpty() ? "-" : String.join(" ", norms.stream().map(Norm::label).toList());
  }

  String goals() {
    return targeted ? "untargeted, targeted" : "untargeted";
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("knowledge", knowledge.label());
    map.put("norms", norms.stream().map(Norm::label).toList());
    map.put("targeted", targeted);
    map.put("kind", kind());
    map.put("queries", queries);
    map.put("what", what);
    return map;
  }

  private String kind() {
    if (maker instanceof InBall) {
      return "ball";
    }
    return maker instanceof Free ? "free" : "minimal";
  }
}
