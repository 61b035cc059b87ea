package dev.bagel.autodiff;

import dev.bagel.tensor.ShapeException;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a {@link Plan} runs, as a description: the steps in their order, and where in one arena each
 * intermediate value lies. A {@link Device} reads it, and does the rest in its own way.
 *
 * <p>Memory is told apart by its array: a {@link Span} of the arena, of a cell's memory, or else of
 * a constant.
 */
public final class Program {
  private static final int CHAIN_LIMIT = 48; // registers of a chain should fit the caches

  private final List<Step> steps = new ArrayList<>();
  private final List<Node> outputs;
  private final Map<Cell, Node> copies; // what updates a cell, but not in place
  private final Set<Cell> cells = new LinkedHashSet<>();
  private final Set<Cell> updated;
  private final List<Tensor> constants = new ArrayList<>();
  private final int arena;

  /** See {@link Plan#of(List, Map)}. */
  Program(List<Var> outputs, Map<Cell, Var> updates) {
    List<Var> roots = new ArrayList<>(outputs);
    roots.addAll(updates.values());
    Node.Graph graph = new Node.Graph(roots);
    this.outputs = outputs.stream().map(v -> materialised(graph, v)).toList();
    Map<Cell, Node> news = new LinkedHashMap<>();
    updates.forEach(
        (cell, v) -> {
          if (!v.shape().equals(cell.shape())) {
            throw new ShapeException("update of cell %s by %s", cell, v.shape());
          }
          news.put(cell, materialised(graph, v));
        });
    graph.prune();
    schedule(graph.nodes);
    join();
    assignStorage(graph.nodes);
    copies = updateInPlace(news);
    arena = layOut();
    updated = Collections.unmodifiableSet(news.keySet());
    graph.nodes.stream().map(n -> n.cell).filter(Objects::nonNull).forEach(cells::add);
    cells.addAll(updated);
    graph.nodes.stream().map(n -> n.constant).filter(Objects::nonNull).forEach(constants::add);
  }

  /** The node of a variable that is read from outside: one that some step computes. */
  private static Node materialised(Node.Graph graph, Var v) {
    Node n = graph.of(v);
    if (n.op == null || n.isReshape()) {
      n = graph.copy(n);
    }
    n.wanted = true;
    return n;
  }

  // ---- for its readers
  // ------------------------------------------------------------------------------

  /** How many elements an arena must have. */
  public int arenaSize() {
    return arena;
  }

  /** The cells that are read or updated. */
  public Set<Cell> cells() {
    return Collections.unmodifiableSet(cells);
  }

  /** The cells that are updated. */
  public Set<Cell> updated() {
    return updated;
  }

  /** The constants that are read. */
  public List<Tensor> constants() {
    return Collections.unmodifiableList(constants);
  }

  /** What runs, in this order, with the intermediate values in {@code arena}. */
  public List<Stage> stages(float[] arena) {
    List<Stage> stages = steps.stream().map(s -> s.in(arena)).collect(Collectors.toList());
    copies.forEach((cell, n) -> stages.add(copy(n.storage.span(arena), Span.of(cell.memory()))));
    return stages;
  }

  private static Stage copy(Span from, Span to) {
    Pointwise chain = new Pointwise(to.length());
    chain.output(chain.unary(Unary.IDENTITY, chain.input(from, 1)), to);
    return new Stage(null, null, List.of(), chain);
  }

  /** Where the outputs are when all of it has run. */
  public List<Operand> outputs(float[] arena) {
    return outputs.stream().map(n -> new Operand(n.shape, n.storage.span(arena))).toList();
  }

  // ---- which steps
  // --------------------------------------------------------------------------------

  /**
   * Groups elementwise nodes into chains, from the last to the first: a node joins the chain of its
   * users if all of them are in that one chain and have its shape.
   */
  private void schedule(List<Node> nodes) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node n = nodes.get(i);
      if (n.op == null || n.isReshape() || Step.isSeenThrough(n)) {
        continue;
      }
      n.step = chainOfUsers(n);
      if (n.step == null) {
        n.step = new Step();
        steps.add(n.step);
      }
      n.step.nodes.add(0, n);
    }
    Collections.reverse(steps); // each has the place of its last node
  }

  /**
   * Lets chains follow heavy operations piece by piece: a chain joins the step that computes the
   * last of its inputs, if it can.
   */
  private void join() {
    List<Step> all = List.copyOf(steps);
    steps.clear();
    for (Step s : all) {
      Optional<Step> before =
          s.inputs().stream()
              .map(n -> Step.origin(n).step)
              .filter(Objects::nonNull)
              .max(Comparator.comparingInt(earlier -> earlier.place));
      if (before.isPresent() && before.get().canBeFollowedBy(s)) {
        before.get().append(s);
      } else {
        s.place = steps.size();
        steps.add(s);
      }
    }
  }

  private static Step chainOfUsers(Node n) {
    if (!n.isElementwise() || n.users.isEmpty()) {
      return null;
    }
    Step chain = n.users.get(0).step;
    boolean joins =
        chain != null
            && chain.nodes.size() < CHAIN_LIMIT
            && n.users.stream()
                .allMatch(u -> u.step == chain && u.isElementwise() && u.shape.equals(n.shape));
    return joins ? chain : null;
  }

  // ---- where the values are
  // -----------------------------------------------------------------------

  private void assignStorage(List<Node> nodes) {
    for (Node n : nodes) {
      n.storage = n.isReshape() ? n.args.get(0).storage : new Storage(n.shape.size());
      if (n.constant != null) {
        n.storage.outside = Span.of(n.constant);
      } else if (n.cell != null) {
        n.storage.outside = Span.of(n.cell.memory());
      }
    }
    for (int s = 0; s < steps.size(); s++) {
      for (Node n : steps.get(s).results()) {
        n.storage.usedAt(n.wanted ? steps.size() : s);
        n.storage.usedAt(s);
      }
      for (Node n : steps.get(s).inputs()) {
        n.storage.usedAt(s);
      }
      final int now = s;
      steps.get(s).interim().ifPresent(n -> n.storage.usedAt(now));
    }
  }

  /**
   * Lets new values be computed right into their cells where nobody reads the old ones later and
   * the new ones are no output, which must outlive {@link Cell#set}; returns the updates that have
   * to be copied at the end instead.
   */
  private Map<Cell, Node> updateInPlace(Map<Cell, Node> news) {
    Map<Cell, Node> copies = new LinkedHashMap<>();
    news.forEach(
        (cell, n) -> {
          boolean free = n.storage.outside == null && !outputs.contains(n);
          if (free && isLastReader(n, cell)) {
            n.storage.outside = Span.of(cell.memory());
          } else {
            copies.put(cell, n);
          }
        });
    return copies;
  }

  private boolean isLastReader(Node result, Cell cell) {
    int at = steps.indexOf(result.step);
    for (int s = at; s < steps.size(); s++) {
      for (Node in : steps.get(s).inputs()) {
        boolean reads = in.storage.outside != null && in.storage.outside.array() == cell.memory();
        if (reads && (s > at || !result.step.mayOverwrite(in, result))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Gives every value in the arena its offset; returns how long the arena must be. */
  private int layOut() {
    Arena places = new Arena();
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      Optional<Node> interim = step.interim();
      interim.ifPresent(n -> n.storage.offset = places.take(n.storage.size));
      for (Node n : step.results()) {
        if (n.storage.outside == null && n.storage.offset < 0) {
          Optional<Storage> dying = dyingInput(step, s, n);
          if (dying.isPresent()) { // its last reader is this element's writer
            n.storage.offset = dying.get().offset;
            dying.get().lastStep = -1; // not to be given back: it has a new owner
          } else {
            n.storage.offset = places.take(n.storage.size);
          }
        }
      }
      final int now = s;
      Stream.of(step.inputs(), step.results(), interim.stream().toList())
          .flatMap(Collection::stream)
          .map(n -> n.storage)
          .distinct()
          .filter(x -> x.outside == null && x.lastStep == now)
          .forEach(x -> places.free(x.offset, x.size));
    }
    return places.size();
  }

  private static Optional<Storage> dyingInput(Step step, int now, Node result) {
    return Stream.concat(step.inputs().stream(), step.interim().stream())
        .filter(in -> in.storage.outside == null && in.storage.lastStep == now)
        .filter(in -> in.storage.size == result.storage.size && step.mayOverwrite(in, result))
        .map(in -> in.storage)
        .findFirst();
  }

  /** The steps, one to a line: what runs, in which shape, and where the result is. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Step s : steps) {
      text.append("%-18s %s  ← ".formatted(s.shape(), s));
      text.append(String.join(", ", s.inputs().stream().map(Node::toString).toList()));
      text.append('\n');
    }
    return text.append("%d steps, %,d bytes".formatted(steps.size(), 4L * arena)).toString();
  }
}
