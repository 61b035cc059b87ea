package dev.bagel.gpu;

import com.aparapi.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.bcel.Repository;
import org.apache.bcel.classfile.Field;
import org.apache.bcel.classfile.JavaClass;
import org.apache.bcel.classfile.LocalVariableTable;
import org.apache.bcel.classfile.Method;
import org.apache.bcel.generic.ArithmeticInstruction;
import org.apache.bcel.generic.ConstantPoolGen;
import org.apache.bcel.generic.ConstantPushInstruction;
import org.apache.bcel.generic.FREM;
import org.apache.bcel.generic.IUSHR;
import org.apache.bcel.generic.Instruction;
import org.apache.bcel.generic.InstructionHandle;
import org.apache.bcel.generic.InstructionList;
import org.apache.bcel.generic.InvokeInstruction;
import org.apache.bcel.generic.LUSHR;
import org.apache.bcel.generic.NEWARRAY;
import org.apache.bcel.generic.PUTFIELD;
import org.apache.bcel.generic.PUTSTATIC;
import org.apache.bcel.generic.Select;
import org.apache.bcel.generic.StoreInstruction;
import org.apache.bcel.generic.Type;
import org.apache.bcel.generic.TypedInstruction;

/**
 * What the code of a kernel must keep to, as far as bytecode shows it. Some of it would not be
 * translated; some, worse, would be translated into something else, or end the JVM.
 */
enum KernelRule {
  /** A boolean scalar ends the JVM, other types fail to launch, objects are not translated. */
  FIELDS_ARE_INTS_FLOATS_AND_THEIR_ARRAYS {
    @Override
    void check(JavaClass c, Found found) {
      for (Field f : c.getFields()) {
        Set<String> fine = Set.of("int", "float", "int[]", "float[]");
        if (!f.isStatic() && !fine.contains(f.getType().toString())) {
          found.add(c, f.getName());
        }
      }
    }
  },
  /** Names go over as they are, and there some of them mean something else. */
  NO_WORDS_OF_OPENCL {
    private static final Set<String> WORDS =
        Set.of(
            ("half local global constant kernel uint ulong uchar ushort size_t bool unsigned signed"
                    + " struct union typedef sizeof extern inline restrict register auto event_t"
                    + " sampler_t read_only write_only complex quad This")
                .split(" "));

    @Override
    void check(JavaClass c, Found found) {
      for (Method m : c.getMethods()) {
        LocalVariableTable names = m.getLocalVariableTable();
        for (int i = 0; isTranslated(m) && names != null && i < names.getTableLength(); i++) {
          if (WORDS.contains(names.getLocalVariableTable()[i].getName())) {
            found.add(c, m.getName());
          }
        }
      }
    }
  },
  /** A switch is not translated. */
  NO_SWITCH {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      found.addIf(at.getInstruction() instanceof Select, code);
    }
  },
  /** A write to a field is not translated. */
  NO_WRITES_TO_FIELDS {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      Instruction i = at.getInstruction();
      found.addIf(i instanceof PUTFIELD || i instanceof PUTSTATIC, code);
    }
  },
  /** An unsigned shift inside an expression makes the whole of it unsigned: wrong in silence. */
  UNSIGNED_SHIFTS_STAND_ALONE {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      Instruction i = at.getInstruction();
      boolean shifts = i instanceof IUSHR || i instanceof LUSHR;
      found.addIf(shifts && !(at.getNext().getInstruction() instanceof StoreInstruction), code);
    }
  },
  /** The larger of NaN and 0 would be 0 there. */
  NO_MAX_AND_MIN_OF_FLOATS {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      if (at.getInstruction() instanceof InvokeInstruction i) {
        boolean extreme = Set.of("max", "min").contains(i.getMethodName(code.pool));
        found.addIf(extreme && !i.getReturnType(code.pool).equals(Type.INT), code);
      }
    }
  },
  /** The remainder of floats is not translated. */
  NO_REMAINDER_OF_FLOATS {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      found.addIf(at.getInstruction() instanceof FREM, code);
    }
  },
  /** Not every device has doubles. */
  NO_DOUBLES {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      Instruction i = at.getInstruction();
      boolean number = i instanceof ArithmeticInstruction || i instanceof ConstantPushInstruction;
      found.addIf(number && Type.DOUBLE.equals(((TypedInstruction) i).getType(code.pool)), code);
    }
  },
  /** An array of a size that is not constant is not translated. */
  ARRAYS_HAVE_CONSTANT_SIZES {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      boolean isNew = at.getInstruction() instanceof NEWARRAY;
      found.addIf(
          isNew && !(at.getPrev().getInstruction() instanceof ConstantPushInstruction), code);
    }
  },
  /** Objects, exceptions, lambdas and strings are not translated. */
  NO_OBJECTS {
    private static final Set<String> OBJECTS =
        Set.of(
            "new",
            "anewarray",
            "multianewarray",
            "invokedynamic",
            "checkcast",
            "instanceof",
            "athrow",
            "monitorenter",
            "invokeinterface");

    @Override
    void check(Code code, InstructionHandle at, Found found) {
      found.addIf(OBJECTS.contains(at.getInstruction().getName()), code);
    }
  },
  /** A method called isSo or getSo is taken for one that reads a field. */
  NO_NAMES_OF_GETTERS {
    @Override
    void check(Code code, InstructionHandle at, Found found) {
      if (at.getInstruction() instanceof InvokeInstruction i) {
        boolean own = !i.getReferenceType(code.pool).toString().equals(Kernel.class.getName());
        boolean getter = i.getMethodName(code.pool).matches("(is|get)[A-Z].*");
        found.addIf(getter && (own && !inherited(i, code)), code);
      }
    }

    private boolean inherited(InvokeInstruction i, Code code) {
      for (java.lang.reflect.Method m : Kernel.class.getDeclaredMethods()) {
        if (m.getName().equals(i.getMethodName(code.pool))) {
          return true;
        }
      }
      return false;
    }
  },
  /** A method that calls itself, by whatever detour, is not translated. */
  NO_RECURSION {
    @Override
    void check(Map<String, Set<String>> calls, Found found) {
      for (String m : calls.keySet()) {
        if (reaches(m, m, calls, new LinkedHashSet<>())) {
          found.add(m);
        }
      }
    }

    private boolean reaches(
        String from, String to, Map<String, Set<String>> calls, Set<String> seen) {
      for (String next : calls.getOrDefault(from, Set.of())) {
        if (next.equals(to) || (seen.add(next) && reaches(next, to, calls, seen))) {
          return true;
        }
      }
      return false;
    }
  };

  /** A method that is translated. */
  record Code(JavaClass owner, Method method, ConstantPoolGen pool) {
    @Override
    public String toString() {
      return owner.getClassName() + "." + method.getName();
    }
  }

  /** Where a rule is broken. */
  static final class Found {
    final Set<String> places = new LinkedHashSet<>();

    void add(String place) {
      places.add(place);
    }

    void add(JavaClass c, String member) {
      places.add(c.getClassName() + "." + member);
    }

    void addIf(boolean broken, Code code) {
      if (broken) {
        places.add(code.toString());
      }
    }
  }

  void check(JavaClass c, Found found) {}

  void check(Code code, InstructionHandle at, Found found) {}

  void check(Map<String, Set<String>> calls, Found found) {}

  /** Where a kernel, with its ancestors, breaks this rule. */
  Set<String> brokenBy(Class<? extends Kernel> kernel) {
    Found found = new Found();
    Map<String, Set<String>> calls = new LinkedHashMap<>();
    for (JavaClass c : line(kernel)) {
      check(c, found);
      for (Method m : c.getMethods()) {
        if (isTranslated(m)) {
          check(c, m, calls, found);
        }
      }
    }
    check(calls, found);
    return found.places;
  }

  private void check(JavaClass c, Method m, Map<String, Set<String>> calls, Found found) {
    ConstantPoolGen pool = new ConstantPoolGen(c.getConstantPool());
    Code code = new Code(c, m, pool);
    Set<String> called = calls.computeIfAbsent(m.getName(), name -> new LinkedHashSet<>());
    InstructionList list = new InstructionList(m.getCode().getCode());
    for (InstructionHandle at = list.getStart(); at != null; at = at.getNext()) {
      check(code, at, found);
      if (at.getInstruction() instanceof InvokeInstruction i) {
        called.add(i.getMethodName(pool));
      }
    }
  }

  /** Constructors run here; what is marked is left out. */
  private static boolean isTranslated(Method m) {
    for (var a : m.getAnnotationEntries()) {
      if (a.getAnnotationType().endsWith("Kernel$NoCL;")) {
        return false;
      }
    }
    return m.getCode() != null && !m.getName().startsWith("<");
  }

  /** A kernel and its ancestors below {@link Kernel}. */
  private static List<JavaClass> line(Class<?> kernel) {
    List<JavaClass> line = new ArrayList<>();
    for (Class<?> c = kernel; c != Kernel.class; c = c.getSuperclass()) {
      try {
        line.add(Repository.lookupClass(c));
      } catch (ClassNotFoundException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
    return line;
  }
}
