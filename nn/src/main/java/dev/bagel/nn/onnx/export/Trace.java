package dev.bagel.nn.onnx.export;

import dev.bagel.autodiff.Cell;
import dev.bagel.autodiff.Var;
import dev.bagel.nn.Model;
import dev.bagel.nn.layer.Pass;
import dev.bagel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The graph that a function leaves behind when it is run with variables: parameters are leaves with
 * a name and a value, inputs are cells, so that nothing is computed but shapes and what depends on
 * parameters alone.
 *
 * @param inputs in order
 * @param history oldest first
 * @param parameters names of leaves
 * @param layers names of the layers that variables were computed in
 */
record Trace(
    List<Cell> inputs,
    Var output,
    List<Var> history,
    Map<Var, String> parameters,
    Map<Var, String> layers) {

  /** A model in evaluation, for {@code n} inputs. */
  static Trace of(Model model, String input, int n) {
    Cell x = Cell.of(input, Shape.of(n).concat(model.example()));
    Map<String, Var> leaves = Pass.vars(model.params(), Var::leaf);
    Pass pass = Pass.evaluate(leaves);
    Var y = model.logits(pass, x.var());
    IdentityHashMap<Var, String> names = new IdentityHashMap<>();
    leaves.forEach((name, leaf) -> names.put(leaf, name));
    return of(List.of(x), y, names, pass.activations());
  }

  /** Any function of some cells. */
  static Trace of(List<Cell> inputs, Var output) {
    return of(inputs, output, Map.of(), Map.of());
  }

  private static Trace of(
      List<Cell> inputs, Var output, Map<Var, String> parameters, Map<String, Var> activations) {
    List<Var> history = Var.history(List.of(output));
    return new Trace(inputs, output, history, parameters, layers(history, activations));
  }

  /**
   * What is computed between the outputs of two layers belongs to the second. An output of several
   * layers, one of which is the identity, is that of the first.
   */
  private static Map<Var, String> layers(List<Var> history, Map<String, Var> activations) {
    IdentityHashMap<Var, String> outputs = new IdentityHashMap<>();
    activations.forEach((name, v) -> outputs.putIfAbsent(v, name));
    List<Var> youngest = new ArrayList<>(history);
    Collections.reverse(youngest);
    IdentityHashMap<Var, String> layers = new IdentityHashMap<>();
    String layer = "";
    for (Var v : youngest) {
      layer = outputs.getOrDefault(v, layer);
      layers.put(v, layer);
    }
    return layers;
  }

  /** What a message calls a variable: its layer and its operation. */
  String place(Var v) {
    String layer = layers.getOrDefault(v, "");
    return (layer.isEmpty() ? "" : layer + ": ") + (v.op() == null ? v : v.op().label());
  }
}
