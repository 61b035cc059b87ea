package dev.bagel.nn.io;

import dev.bagel.nn.layer.Layer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Draws layers of the whole family by reflection; their numbers make no sense together. */
final class RandomLayers {
  private static final List<Class<?>> KINDS =
      Arrays.stream(Layer.class.getPermittedSubclasses())
          .filter(c -> c != Layer.Custom.class)
          .toList();

  private final SplittableRandom random;

  RandomLayers(long seed) {
    random = new SplittableRandom(seed);
  }

  Layer next(int depth) {
    Class<?> kind = KINDS.get(random.nextInt(KINDS.size()));
    while (true) {
      try {
        return (Layer) instance(kind, depth);
      } catch (InvocationTargetException e) {
        if (!(e.getCause() instanceof IllegalArgumentException)) { // else other numbers may do
          throw new AssertionError(e.getCause());
        }
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("a layer that cannot be drawn: " + kind, e);
      }
    }
  }

  private Object instance(Class<?> kind, int depth) throws ReflectiveOperationException {
    if (kind.isEnum()) {
      return value(kind, depth);
    }
    RecordComponent[] fields = kind.getRecordComponents();
    Object[] values = new Object[fields.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(fields[i].getGenericType(), depth);
    }
    Class<?>[] types = Arrays.stream(fields).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Constructor<?> canonical = kind.getDeclaredConstructor(types);
    return canonical.newInstance(values);
  }

  private Object value(Type type, int depth) {
    if (type instanceof ParameterizedType list) {
      List<Object> values = new ArrayList<>();
      for (int n = depth == 0 ? 0 : random.nextInt(5); n > 0; n--) {
        values.add(value(list.getActualTypeArguments()[0], depth));
      }
      return values;
    } else if (type == Layer.class) {
      return depth == 0 ? dev.bagel.nn.layer.Activation.RELU : next(depth - 1);
    } else if (type == int.class || type == Integer.class) {
      return random.nextInt() >> random.nextInt(32);
    } else if (type == float.class || type == Float.class) {
      return Float.intBitsToFloat(random.nextInt(0x3F800000)); // in [0, 1), of any size
    } else if (type == boolean.class) {
      return random.nextBoolean();
    }
    Object[] constants = ((Class<?>) type).getEnumConstants();
    return constants[random.nextInt(constants.length)];
  }
}
