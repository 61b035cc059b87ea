package dev.bagel.nn.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.bagel.tensor.io.Mutations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages a model message by message, not byte by byte: what comes out can be parsed, and says
 * something else: another length, another name, an operator in place of another, a tensor without
 * some of its bytes, a node twice.
 */
final class Damage {
  private static final float[] REALS = {0, -1, 0.5f, 1e38f, Float.NaN, Float.POSITIVE_INFINITY};

  private final SplittableRandom random;
  private final List<String> words = new ArrayList<>();

  private Damage(SplittableRandom random) {
    this.random = random;
  }

  /** The file with one change; one that cannot be parsed stays as it is. */
  static byte[] to(byte[] file, SplittableRandom random) {
    try {
      ModelProto.Builder model = ModelProto.parseFrom(file).toBuilder();
      Damage damage = new Damage(random);
      model.getGraph().getNodeList().stream()
          .limit(20)
          .forEach(
              n -> {
                damage.words.addAll(n.getInputList());
                damage.words.addAll(n.getOutputList());
              });
      damage.words.addAll(Operators.names());
      damage.words.addAll(List.of("", "a\nb", "\u202e", "../x", "kernel_shape", "axes", "value"));
      damage.change(model);
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      return file;
    }
  }

  private void change(Message.Builder m) {
    List<FieldDescriptor> fields = new ArrayList<>(m.getAllFields().keySet());
    if (fields.isEmpty() || random.nextInt(20) == 0) {
      fields = m.getDescriptorForType().getFields();
    }
    FieldDescriptor f = fields.get(random.nextInt(fields.size()));
    if (f.isRepeated()) {
      changeList(m, f);
    } else if (f.getJavaType() == JavaType.MESSAGE && random.nextInt(30) > 0) {
      change(m.getFieldBuilder(f));
    } else if (f.getJavaType() == JavaType.MESSAGE || random.nextInt(6) == 0) {
      m.clearField(f);
    } else {
      m.setField(f, value(f, m.getField(f)));
    }
  }

  private void changeList(Message.Builder m, FieldDescriptor f) {
    int n = m.getRepeatedFieldCount(f);
    boolean message = f.getJavaType() == JavaType.MESSAGE;
    if (n == 0) {
      if (!message) {
        m.addRepeatedField(f, value(f, f.isRepeated() ? null : f.getDefaultValue()));
      }
      return;
    }
    int i = random.nextInt(n);
    List<Object> all = new ArrayList<>();
    for (int j = 0; j < n; j++) {
      all.add(m.getRepeatedField(f, j));
    }
    switch (random.nextInt(message ? 16 : 6)) {
      case 0 -> all.remove(i);
      case 1 -> all.add(random.nextInt(n + 1), all.get(i));
      case 2 -> all.set(i, all.get(random.nextInt(n)));
      default -> {
        if (message) {
          change(m.getRepeatedFieldBuilder(f, i));
          return;
        }
        all.set(i, value(f, all.get(i)));
      }
    }
    m.setField(f, all);
  }

  private Object value(FieldDescriptor f, Object old) {
    return switch (f.getJavaType()) {
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> REALS[random.nextInt(REALS.length)];
      case DOUBLE -> (double) REALS[random.nextInt(REALS.length)];
      case BOOLEAN -> random.nextBoolean();
      case STRING -> words.get(random.nextInt(words.size()));
      case BYTE_STRING -> bytes((ByteString) (old == null ? ByteString.EMPTY : old));
      case ENUM -> constant(f);
      case MESSAGE -> throw new AssertionError("a message is changed, not replaced");
    };
  }

  private long number() {
    return random.nextBoolean() ? random.nextInt(-3, 12) : Mutations.number(random);
  }

  private EnumValueDescriptor constant(FieldDescriptor f) {
    List<EnumValueDescriptor> all = f.getEnumType().getValues();
    return all.get(random.nextInt(all.size()));
  }

  private ByteString bytes(ByteString old) {
    byte[] b = old.toByteArray();
    return ByteString.copyFrom(
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(b, random.nextInt(b.length + 1));
          case 1 -> Arrays.copyOf(b, b.length + random.nextInt(9));
          case 2 -> new byte[0];
          default -> {
            Arrays.fill(b, (byte) random.nextInt(256));
            yield b;
          }
        });
  }
}
