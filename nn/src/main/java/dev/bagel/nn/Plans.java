package dev.bagel.nn;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Device;
import dev.bagel.autodiff.Plan;
import dev.bagel.autodiff.Pool;
import dev.bagel.autodiff.Var;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The plans that were made of one function, by what they do: each use borrows one that is idle or
 * makes one. They are kept with the function, and go when it goes. All of them run on one device.
 */
public final class Plans {
  private static final int KINDS = 24;

  private record Key(Class<?> type, Object kind) {}

  private final Pool<Key, Object> pool = new Pool<>(KINDS);
  private final Device device;

  /** Plans that run here. */
  public Plans() {
    this(Device.CPU);
  }

  /** Plans that run on a device. */
  public Plans(Device device) {
    this.device = device;
  }

  /** Where these plans run. */
  public Device device() {
    return device;
  }

  /**
   * {@link Plan#of(List, Map)} on the device of these plans.
   *
   * @throws dev.bagel.autodiff.DeviceException if the device cannot run it
   */
  public Plan plan(List<Var> outputs, Map<Cell, Var> updates) {
    return Plan.of(outputs, updates, device);
  }

  /** A plan without updates. */
  public Plan plan(Var... outputs) {
    return plan(List.of(outputs), Map.of());
  }

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
