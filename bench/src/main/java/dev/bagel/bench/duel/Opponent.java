package dev.bagel.bench.duel;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Somebody to compete with, found as a service: this module knows no rival, and the rivals' natives
 * are on the class path only if the profile {@code rivals} put them there.
 */
public interface Opponent {
  /** All duels with this opponent; asking starts nothing. */
  List<Duel> duels();

  /** Which release competes. May load it. */
  String version();

  /** Everybody who is there, ourselves with other settings among them. */
  static List<Opponent> all() {
    List<Opponent> all = new ArrayList<>(List.of(new Ourselves()));
    ServiceLoader.load(Opponent.class).forEach(all::add);
    return all;
  }
}
