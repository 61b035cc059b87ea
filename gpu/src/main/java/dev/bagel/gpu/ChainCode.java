package dev.bagel.gpu;

import dev.bagel.autodiff.DeviceException;
import dev.bagel.tensor.kernel.Binary;
import dev.bagel.tensor.kernel.Pointwise;
import dev.bagel.tensor.kernel.Pointwise.Register;
import dev.bagel.tensor.kernel.Pointwise.Source;
import dev.bagel.tensor.kernel.Span;
import dev.bagel.tensor.kernel.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Writes a chain as instructions for {@link Chains}. Inputs are read anew for each use; so what is
 * kept in a register is a result that is still needed, and there are few of them.
 */
final class ChainCode {
  private final Descriptors out;
  private final ToIntFunction<Span> place;
  private final List<Register> chain;
  private final int[] lastUse;
  private final int[] register; // of each result; −1 where there is none
  private final boolean[] taken = new boolean[Chains.REGISTERS];
  private final List<Integer> instructions = new ArrayList<>();

  private ChainCode(Descriptors out, ToIntFunction<Span> place, Pointwise pointwise) {
    this.out = out;
    this.place = place;
    chain = pointwise.registers();
    lastUse = new int[chain.size()];
    register = new int[chain.size()];
    for (int i = 0; i < chain.size(); i++) {
      register[i] = -1;
      for (int a : arguments(chain.get(i))) {
        lastUse[a] = i;
      }
    }
  }

  /** The place of the chain's code. */
  static int of(Pointwise chain, Descriptors out, ToIntFunction<Span> place) {
    return new ChainCode(out, place, chain).write();
  }

  private static int[] arguments(Register r) {
    return switch (r.source()) {
      case STRAIGHT, STRIDED -> new int[0];
      case UNARY -> new int[] {r.a()};
      case BINARY -> new int[] {r.a(), r.b()};
      case SELECT -> new int[] {r.a(), r.b(), r.c()};
    };
  }

  private int write() {
    for (int i = 0; i < chain.size(); i++) {
      if (!isInput(i)) {
        function(i);
      }
    }
    int[] all = new int[1 + instructions.size()];
    all[0] = instructions.size() / Chains.INSTRUCTION;
    for (int i = 1; i < all.length; i++) {
      all[i] = instructions.get(i - 1);
    }
    return out.table(all);
  }

  private boolean isInput(int i) {
    Source s = chain.get(i).source();
    return s == Source.STRAIGHT || s == Source.STRIDED;
  }

  private void function(int i) {
    Register r = chain.get(i);
    int[] from = arguments(r);
    int[] x = new int[3];
    for (int j = 0; j < from.length; j++) {
      x[j] = isInput(from[j]) ? load(chain.get(from[j])) : register[from[j]];
    }
    for (int j = 0; j < from.length; j++) {
      if (isInput(from[j]) || lastUse[from[j]] == i) {
        taken[x[j]] = false;
      }
    }
    int to = free();
    instruction(number(r), to, x[0], x[1], x[2]);
    if (r.memory() != null) {
      instruction(Code.STORE, to, place.applyAsInt(r.memory()), 0, 0);
    }
    register[i] = to;
    taken[to] = lastUse[i] > i;
  }

  private int load(Register input) {
    int to = free();
    taken[to] = true;
    int at = place.applyAsInt(input.memory());
    Pointwise.Walk walk = input.walk();
    if (input.source() == Source.STRAIGHT) {
      instruction(Code.LOAD, to, at, 0, 0);
    } else if (walk.dims().length == 1 && walk.strides()[0] == 0) {
      instruction(Code.LOAD_ONE, to, at, 0, 0);
    } else {
      instruction(Code.LOAD_WALK, to, at, walk(out, walk), 0);
    }
    return to;
  }

  /** The place of a walk's table: see {@link Machine#place}. */
  static int walk(Descriptors out, Pointwise.Walk walk) {
    int rank = walk.dims().length;
    int[] table = new int[1 + 2 * rank];
    table[0] = rank;
    for (int d = 0; d < rank; d++) {
      table[1 + 2 * d] = walk.dims()[rank - 1 - d];
      table[2 + 2 * d] = walk.strides()[rank - 1 - d];
    }
    return out.table(table);
  }

  private int free() {
    for (int r = 0; r < taken.length; r++) {
      if (!taken[r]) {
        return r;
      }
    }
    throw new DeviceException(
        "a chain of elementwise operations keeps more than " + taken.length + " values at once");
  }

  private void instruction(int... five) {
    for (int v : five) {
      instructions.add(v);
    }
  }

  private static int number(Register r) {
    return switch (r.source()) {
      case UNARY -> number(r.unary());
      case BINARY -> number(r.binary());
      case SELECT -> Code.SELECT;
      case STRAIGHT, STRIDED -> throw new AssertionError("an input is loaded");
    };
  }

  private static int number(Binary f) {
    return switch (f) {
      case ADD -> Code.ADD;
      case SUB -> Code.SUB;
      case MUL -> Code.MUL;
      case DIV -> Code.DIV;
      case MAX -> Code.MAX;
      case MIN -> Code.MIN;
      case POW -> Code.POW;
      case GREATER_EQUAL -> Code.GREATER_EQUAL;
    };
  }

  private static int number(Unary f) {
    return switch (f) {
      case IDENTITY -> Code.IDENTITY;
      case NEG -> Code.NEG;
      case ABS -> Code.ABS;
      case SIGN -> Code.SIGN;
      case STEP -> Code.STEP;
      case RELU -> Code.RELU;
      case FLOOR -> Code.FLOOR;
      case EXP -> Code.EXP;
      case EXPM1 -> Code.EXPM1;
      case LOG -> Code.LOG;
      case LOG1P -> Code.LOG1P;
      case SQRT -> Code.SQRT;
      case SIN -> Code.SIN;
      case COS -> Code.COS;
      case TANH -> Code.TANH;
      case SIGMOID -> Code.SIGMOID;
      case SOFTPLUS -> Code.SOFTPLUS;
      case ERF -> Code.ERF;
    };
  }
}
