package dev.bagel.nn;

import dev.bagel.autodiff.Pool;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The plans that were made of one function, by what they do: each use borrows one that is idle or
 * makes one. They are kept with the function, and go when it goes.
 */
public final class Plans {
  private static final int KINDS = 24;

  private record Key(Class<?> type, Object kind) {}

  private final Pool<Key, Object> pool = new Pool<>(KINDS);

  /**
   * Runs {@code use} with a thing of this type and kind, which nobody else uses meanwhile. If it
   * throws, the thing is dropped.
   *
   * @param kind tells apart things of a type; equal kinds must be interchangeable
   */
  public <T, R> R with(Class<T> type, Object kind, Supplier<T> maker, Function<T, R> use) {
    Key key = new Key(type, kind);
    T thing = type.cast(pool.take(key, maker::get));
    R result = use.apply(thing);
    pool.give(key, thing);
    return result;
  }

  /** The same for a use without a result. */
  public <T> void run(Class<T> type, Object kind, Supplier<T> maker, Consumer<T> use) {
    with(
        type,
        kind,
        maker,
        thing -> {
          use.accept(thing);
          return thing;
        });
  }
}
