package dev.bagel.autodiff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Things that are costly to make and that one thread at a time may use, such as plans, kept by what
 * they are for. Who finds none makes one; so there are as many of a kind as were ever in use at
 * once. Kinds that were not asked for longest are forgotten.
 */
public final class Pool<K, V> {
  private final Map<K, Deque<V>> idle;

  /** Remembers at most {@code kinds} kinds. */
  public Pool(int kinds) {
    idle =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Deque<V>> eldest) {
            return size() > kinds;
          }
        };
  }

  /** An idle thing of this kind, or a new one. */
  public V take(K kind, Supplier<V> maker) {
    synchronized (idle) {
      Deque<V> all = idle.get(kind);
      if (all != null && !all.isEmpty()) {
        return all.pop();
      }
    }
    return maker.get();
  }

  /** Gives a thing back. What failed in use is better dropped. */
  public void give(K kind, V thing) {
    synchronized (idle) {
      idle.computeIfAbsent(kind, k -> new ArrayDeque<>()).push(thing);
    }
  }
}
