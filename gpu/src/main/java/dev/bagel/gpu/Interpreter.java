package dev.bagel.gpu;

/**
 * The one kernel: each of its passes runs one descriptor, and all passes are one launch. First the
 * prologue, then the body as often as it is asked for, then the epilogue.
 */
final class Interpreter extends Tile8 {
  @Override
  public void run() {
    ranInJava();
    int pass = getPassId();
    int at = pass;
    if (pass >= prologue) {
      int inner = pass - prologue;
      int all = body * times;
      at = inner < all ? prologue + inner % body : prologue + body + inner - all;
    }
    int pc = code[table + at];
    int op = code[pc];
    if (op == Code.TILE8) {
      tile8(pc);
    } else if (op == Code.TILE4) {
      tile4(pc);
    } else if (op == Code.FEW) {
      few(pc);
    } else if (op == Code.CHAIN) {
      chains(pc);
    } else if (op < Code.CHAIN) {
      cross(op, pc);
    } else if (op < Code.MAX_TAKE) {
      rows(op, pc);
    } else if (op < Code.FILL) {
      windows(op, pc);
    } else {
      others(op, pc);
    }
  }

  private void cross(int op, int pc) {
    if (op == Code.LOAD_WEIGHTS) {
      loadWeights(pc);
    } else if (op == Code.LOAD_CELLS) {
      loadCells(pc);
    } else {
      storeOutput(pc);
    }
  }

  private void rows(int op, int pc) {
    if (op == Code.SUM_PARTS) {
      sumParts(pc);
    } else if (op == Code.REDUCE) {
      reduce(pc);
    } else if (op == Code.REDUCE_BY_GROUP) {
      reduceByGroup(pc);
    } else {
      logSoftmax(pc);
    }
  }

  private void windows(int op, int pc) {
    if (op == Code.MAX_TAKE) {
      maxTake(pc);
    } else if (op == Code.MAX_PUT) {
      maxPut(pc);
    } else if (op == Code.MEAN_TAKE) {
      meanTake(pc);
    } else {
      meanPut(pc);
    }
  }

  private void others(int op, int pc) {
    if (op == Code.FILL) {
      fill(pc);
    } else if (op == Code.SPREAD) {
      spread(pc);
    } else if (op == Code.ONE_HOT) {
      oneHot(pc);
    } else if (op == Code.GATHER) {
      gather(pc);
    } else if (op == Code.SCATTER) {
      scatter(pc);
    } else if (op == Code.L1_THRESHOLD) {
      l1Threshold(pc);
    } else if (op == Code.LARGEST) {
      largest(pc);
    } else {
      noise(pc);
    }
  }

  /** Left out of what is translated, so that nobody gets here but the JVM. */
  @NoCL
  private static void ranInJava() {
    throw new IllegalStateException("a kernel for a device was run by the JVM");
  }
}
