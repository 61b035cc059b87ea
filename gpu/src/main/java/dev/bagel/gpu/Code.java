package dev.bagel.gpu;

/** The numbers of operations and functions in descriptors. The kernel has them as constants. */
final class Code {
  // ---- operations: the first number of a descriptor ---------------------------------------------

  static final int LOAD_WEIGHTS = 0;
  static final int LOAD_CELLS = 1;
  static final int STORE_OUTPUT = 2;
  static final int CHAIN = 3;
  static final int TILE8 = 4;
  static final int TILE4 = 5;
  static final int FEW = 6;
  static final int SUM_PARTS = 7;
  static final int REDUCE = 8;
  static final int REDUCE_BY_GROUP = 9;
  static final int LOG_SOFTMAX = 10;
  static final int MAX_TAKE = 11;
  static final int MAX_PUT = 12;
  static final int MEAN_TAKE = 13;
  static final int MEAN_PUT = 14;
  static final int FILL = 15;
  static final int SPREAD = 16;
  static final int ONE_HOT = 17;
  static final int GATHER = 18;
  static final int SCATTER = 19;
  static final int L1_THRESHOLD = 20;
  static final int LARGEST = 21;
  static final int NOISE = 22;

  // ---- functions: the first number of an instruction of a chain ---------------------------------

  static final int LOAD = 0;
  static final int LOAD_ONE = 1;
  static final int LOAD_WALK = 2;
  static final int STORE = 3;

  static final int FIRST_FUNCTION = 4;
  static final int ADD = 4;
  static final int SUB = 5;
  static final int MUL = 6;
  static final int DIV = 7;
  static final int MAX = 8;
  static final int MIN = 9;
  static final int GREATER_EQUAL = 10;
  static final int POW = 11;
  static final int SELECT = 12;

  static final int FIRST_UNARY = 13;
  static final int IDENTITY = 13;
  static final int NEG = 14;
  static final int ABS = 15;
  static final int SIGN = 16;
  static final int STEP = 17;
  static final int RELU = 18;
  static final int FLOOR = 19;
  static final int SQRT = 20;

  static final int FIRST_TRANSCENDENTAL = 21;
  static final int EXP = 21;
  static final int EXPM1 = 22;
  static final int LOG = 23;
  static final int LOG1P = 24;
  static final int SIN = 25;
  static final int COS = 26;
  static final int TANH = 27;
  static final int SIGMOID = 28;
  static final int SOFTPLUS = 29;
  static final int ERF = 30;

  private Code() {}
}
