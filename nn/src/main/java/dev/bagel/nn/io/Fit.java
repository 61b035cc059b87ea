package dev.bagel.nn.io;

import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Parameter;
import dev.bagel.tensor.Shape;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.io.FormatException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which tensor of a file becomes which parameter of a network, and what is left over: to be
 * printed, and then taken whole ({@link #model}) or as far as it goes ({@link #over}).
 */
public final class Fit {
  private static final int SHOWN = 6;

  private final String source;
  private final Naming naming;
  private final Layer net;
  private final ParameterShapes shapes;
  private final Shape example;
  private final Map<String, Tensor> numbers = new LinkedHashMap<>();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshapen = new ArrayList<>();
  private final List<String> notFinite = new ArrayList<>();
  private final List<String> unexpected = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();

  private Fit(String source, Naming naming, Layer net, ParameterShapes shapes, Shape example) {
    this.source = source;
    this.naming = naming;
    this.net = net;
    this.shapes = shapes;
    this.example = example;
  }

  /** A tensor on its way to a parameter: what the file calls it, and its value in our layout. */
  private record Found(String name, Tensor value) {}

  /** Tensors that are called as the parameters are. */
  static Fit exact(StateDict file, Layer net, ParameterShapes shapes, Shape example) {
    Map<String, Found> found = new LinkedHashMap<>();
    file.tensors().forEach((name, t) -> found.put(name, new Found(name, t)));
    return new Fit(file.source(), Naming.PLACES, net, shapes, example)
        .with(found, file.tensors().keySet());
  }

  /** The fit with the fewest parameters that stay without a tensor of their shape. */
  static Fit best(StateDict file, Layer net, Shape example) {
    List<TensorName> needed =
        file.tensors().keySet().stream().map(TensorName::of).filter(n -> !n.isCount()).toList();
    List<Place> places = Place.all(net, example);
    List<Fit> fits = new ArrayList<>();
    for (List<TensorName> names : TensorName.unwrapped(needed)) {
      for (Naming naming : Naming.values()) {
        Fit fit = new Fit(file.source(), naming, net, ParameterShapes.of(net), example);
        fits.add(fit.with(file, places, naming.match(net, places, names)));
      }
    }
    return Collections.min(fits, Comparator.comparingInt(Fit::lacking)); // the first of equals
  }

  private Fit with(StateDict file, List<Place> places, Map<String, TensorName> match) {
    Set<String> names = file.tensors().keySet();
    if (naming != Naming.POSITIONS) {
      return with(found(file, places, match, TensorName::isChannelsLast), names);
    }
    Fit first = empty().with(found(file, places, match, n -> false), names);
    Fit last = empty().with(found(file, places, match, n -> true), names);
    if (first.lacking() != last.lacking()) {
      return first.lacking() < last.lacking() ? first : last;
    }
    Map<String, Tensor> unclear = new LinkedHashMap<>(first.numbers);
    unclear.entrySet().removeAll(last.numbers.entrySet());
    for (String name : unclear.keySet()) {
      first.numbers.remove(name);
      first.misshapen.add(name + " fits with channels first and last: give the tensors names");
    }
    return first;
  }

  private Fit empty() {
    return new Fit(source, naming, net, shapes, example);
  }

  private static Map<String, Found> found(
      StateDict file,
      List<Place> places,
      Map<String, TensorName> match,
      Predicate<TensorName> channelsLast) {
    Map<String, Found> found = new LinkedHashMap<>();
    for (Place place : places) {
      for (Parameter p : place.layer().parameters()) {
        TensorName name = match.get(place.name(p.name()));
        if (name != null) {
          Tensor t = file.tensors().get(name.whole());
          Tensor ours = channelsLast.test(name) ? ChannelsLast.toFirst(t, place) : t;
          found.put(place.name(p.name()), new Found(name.whole(), ours));
        }
      }
    }
    return found;
  }

  private Fit with(Map<String, Found> found, Set<String> names) {
    shapes.all().forEach((name, shape) -> put(name, shape, found.get(name)));
    Set<String> left = new TreeSet<>(names);
    left.removeAll(new HashSet<>(origins.values()));
    for (String name : left) {
      (TensorName.of(name).isCount() ? ignored : unexpected).add(name);
    }
    return this;
  }

  private void put(String name, Shape shape, Found found) {
    if (found == null) {
      missing.add(name + " " + shape);
      return;
    }
    origins.put(name, found.name());
    Tensor t = found.value();
    int bad = t.firstNotFinite();
    if (!t.shape().equals(shape)) {
      String called = found.name().equals(name) ? "" : " (" + found.name() + ")";
      misshapen.add(name + called + " is " + t.shape() + " instead of " + shape);
    } else if (bad >= 0) {
      notFinite.add("element " + bad + " of " + found.name() + " is " + t.get(bad));
    } else {
      numbers.put(name, t);
    }
  }

  private int lacking() {
    return missing.size() + misshapen.size() + notFinite.size();
  }

  // ---- what there is
  // ------------------------------------------------------------------------------

  /** How the names of the file were understood. */
  public Naming naming() {
    return naming;
  }

  /** The parameters that were found, as the network has them. */
  public Map<String, Tensor> numbers() {
    return Collections.unmodifiableMap(numbers);
  }

  /** What the file calls the tensor of each parameter. */
  public Map<String, String> origins() {
    return Collections.unmodifiableMap(origins);
  }

  /** Parameters that no tensor is for, with their shapes. */
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /** Tensors that no parameter is for. */
  public List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  /** Tensors of another shape than their parameter has, in our order of axes. */
  public List<String> misshapen() {
    return List.copyOf(misshapen);
  }

  /** Tensors that nothing needs in evaluation: counters of batches. */
  public List<String> ignored() {
    return List.copyOf(ignored);
  }

  /** Whether every parameter has its tensor and every tensor its parameter. */
  public boolean isComplete() {
    return lacking() == 0 && unexpected.isEmpty();
  }

  /**
   * The model, if this is complete.
   *
   * @throws FormatException naming what is missing, unexpected or of another shape
   */
  public Model model() throws FormatException {
    Optional<String> flaw = flaw();
    if (flaw.isPresent()) {
      throw FormatException.of(
          source,
          "the tensors",
          "not those of the architecture: " + flaw.get(),
          "name the architecture that the file is of, or rename its tensors");
    }
    return Model.of(net, shapes.params(numbers), example);
  }

  /**
   * A model with what was found in place of its own numbers, as for a network whose last layer is
   * another one.
   */
  public Model over(Model fresh) {
    Map<String, Tensor> all = new LinkedHashMap<>(fresh.params().all());
    all.putAll(numbers);
    return fresh.with(fresh.params().with(all));
  }

  /** All that is wrong, in one line. */
  Optional<String> flaw() {
    List<String> flaws = new ArrayList<>();
    describe("missing", missing, flaws);
    describe("unexpected", unexpected, flaws);
    describe("misshapen", misshapen, flaws);
    flaws.addAll(notFinite);
    return flaws.isEmpty() ? Optional.empty() : Optional.of(shortened(flaws, " / "));
  }

  private static void describe(String what, List<String> names, List<String> flaws) {
    if (!names.isEmpty()) {
      flaws.add(what + ": " + shortened(names, ", "));
    }
  }

  private static String shortened(List<String> all, String separator) {
    List<String> shown = all.subList(0, Math.min(SHOWN, all.size()));
    String more = all.size() > SHOWN ? separator + (all.size() - SHOWN) + " more" : "";
    return String.join(separator, shown) + more;
  }

  /** The report: a line for what was found, and one for everything that was not. */
  @Override
  public String toString() {
    StringBuilder report = new StringBuilder(source);
    report.append(
        ": %d of %d parameters, named %s".formatted(numbers.size(), shapes.all().size(), naming));
    line(report, "missing", missing);
    line(report, "unexpected", unexpected);
    line(report, "misshapen", misshapen);
    line(report, "not finite", notFinite);
    line(report, "ignored", ignored);
    return report.toString();
  }

  private static void line(StringBuilder report, String what, List<String> names) {
    if (!names.isEmpty()) {
      report.append("\n  %-10s %3d: %s".formatted(what, names.size(), shortened(names, ", ")));
    }
  }
}
