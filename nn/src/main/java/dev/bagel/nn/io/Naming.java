package dev.bagel.nn.io;

import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.ConvTranspose2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.LayerNorm;
import dev.bagel.nn.layer.Parameter;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a framework names the tensors of a network. */
public enum Naming {
  /**
   * By the layers' places: {@code 0.weight}, as a {@code Sequential} of PyTorch and our files do.
   */
  PLACES("by place, as in 0.weight") {
    @Override
    Map<String, TensorName> match(Layer net, List<Place> places, List<TensorName> names) {
      Map<String, TensorName> all = byModuleAndRole(names);
      names.forEach(n -> all.putIfAbsent(joined(n.module(), n.word()), n));
      return found(places, (place, p) -> all.get(place.name(p.name())));
    }
  },

  /** By the attributes that hold them: {@code layer1.0.conv1.weight}, {@code fc.bias}. */
  ATTRIBUTES("by attribute, as in layer1.0.conv1.weight") {
    @Override
    Map<String, TensorName> match(Layer net, List<Place> places, List<TensorName> names) {
      Map<String, TensorName> all = byModuleAndRole(names);
      Map<String, List<String>> modules = TorchNames.of(net);
      return found(
          places,
          (place, p) ->
              modules.getOrDefault(place.path(), List.of()).stream()
                  .map(module -> all.get(joined(module, p.name())))
                  .filter(n -> n != null)
                  .findFirst()
                  .orElse(null));
    }
  },

  /** By kind and number, as Keras does: {@code conv2d_3/kernel:0}, {@code dense/bias:0}. */
  KINDS("by kind and number, as in conv2d_1/kernel") {
    @Override
    Map<String, TensorName> match(Layer net, List<Place> places, List<TensorName> names) {
      Map<String, TensorName> all = byModuleAndRole(names);
      Map<Kind, List<String>> modules = Kind.modules(names);
      Map<Kind, Integer> seen = new HashMap<>();
      Map<Place, String> module = new HashMap<>();
      for (Place place : places) {
        Kind kind = Kind.of(place.layer());
        List<String> alike = modules.getOrDefault(kind, List.of());
        int i = seen.merge(kind, 1, Integer::sum) - 1;
        module.put(place, i < alike.size() ? alike.get(i) : "?");
      }
      return found(places, (place, p) -> all.get(joined(module.get(place), p.name())));
    }
  },

  /** By position: {@code arr_0}, {@code arr_1}, as {@code numpy.savez} names what has no name. */
  POSITIONS("by position, as in arr_0") {
    private static final Pattern NUMBER = Pattern.compile("(?:arr_)?([0-9]{1,6})");

    @Override
    Map<String, TensorName> match(Layer net, List<Place> places, List<TensorName> names) {
      TreeMap<Integer, TensorName> numbered = new TreeMap<>();
      for (TensorName n : names) {
        Matcher m = NUMBER.matcher(n.whole());
        if (!m.matches()) {
          return Map.of();
        }
        numbered.put(Integer.valueOf(m.group(1)), n);
      }
      List<TensorName> inOrder = List.copyOf(numbered.values());
      int[] next = {0};
      return found(places, (place, p) -> next[0] < inOrder.size() ? inOrder.get(next[0]++) : null);
    }
  };

  private final String words;

  Naming(String words) {
    this.words = words;
  }

  /** Which tensor is which parameter: the names of the file by ours; those that are found. */
  abstract Map<String, TensorName> match(Layer net, List<Place> places, List<TensorName> names);

  private interface Search {
    TensorName of(Place place, Parameter p);
  }

  private static Map<String, TensorName> found(List<Place> places, Search search) {
    Map<String, TensorName> found = new LinkedHashMap<>();
    for (Place place : places) {
      for (Parameter p : place.layer().parameters()) {
        Optional.ofNullable(search.of(place, p))
            .ifPresent(name -> found.put(place.name(p.name()), name));
      }
    }
    return found;
  }

  /** Names by module and our word for the role. */
  private static Map<String, TensorName> byModuleAndRole(List<TensorName> names) {
    Map<String, TensorName> all = new HashMap<>();
    for (TensorName n : names) {
      n.role().ifPresent(role -> all.put(joined(n.module(), role.word()), n));
    }
    return all;
  }

  private static String joined(String module, String word) {
    return module.isEmpty() ? word : module + "." + word;
  }

  @Override
  public String toString() {
    return words;
  }

  /** A kind of layer, and what those who count by kinds call it. */
  private enum Kind {
    TRANSPOSED("conv2d_?transpose|convtranspose"),
    DEPTHWISE("depthwise_?conv2d"),
    CONVOLUTION("conv2d|conv"),
    DENSE("dense"),
    BATCH_NORM("batch_?norm(?:alization)?"),
    LAYER_NORM("layer_?norm(?:alization)?"),
    OTHER("(?!)");

    private final Pattern module;

    Kind(String word) {
      module = Pattern.compile("(?:.*\\.)?(?:" + word + ")(?:_([0-9]{1,6}))?");
    }

    static Kind of(Layer layer) {
      if (layer instanceof Conv2d c) {
        return c.groups() > 1 && c.groups() == c.in() ? DEPTHWISE : CONVOLUTION;
      }
      return layer instanceof ConvTranspose2d
          ? TRANSPOSED
          : layer instanceof Dense
              ? DENSE
              : layer instanceof BatchNorm2d
                  ? BATCH_NORM
                  : layer instanceof LayerNorm ? LAYER_NORM : OTHER;
    }

    /**
     * The modules of every kind, by their numbers; one without a number is the first. Two with the
     * same number are none: which is meant cannot be known.
     */
    static Map<Kind, List<String>> modules(List<TensorName> names) {
      Map<Kind, TreeMap<Integer, String>> numbered = new HashMap<>();
      Set<Kind> unclear = EnumSet.noneOf(Kind.class);
      for (TensorName n : names) {
        for (Kind kind : values()) {
          Matcher m = kind.module.matcher(n.module().toLowerCase(Locale.ROOT));
          if (m.matches()) {
            int number = m.group(1) == null ? -1 : Integer.parseInt(m.group(1));
            String other =
                numbered.computeIfAbsent(kind, k -> new TreeMap<>()).put(number, n.module());
            if (other != null && !other.equals(n.module())) {
              unclear.add(kind);
            }
            break;
          }
        }
      }
      numbered.keySet().removeAll(unclear);
      Map<Kind, List<String>> modules = new HashMap<>();
      numbered.forEach((kind, all) -> modules.put(kind, List.copyOf(all.values())));
      return modules;
    }
  }
}
