package dev.bagel.bench.rivals.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.bagel.tensor.Tensor;
import dev.bagel.tensor.kernel.Parallel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** A file that ONNX Runtime has loaded and optimised, with an input that stays where it is. */
final class Session {
  static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs;

  Session(byte[] file, Tensor x) {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(Parallel.threads());
      // its threads would keep the processors busy while it is our turn
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      session = ENVIRONMENT.createSession(file, options);
      long[] shape = new long[x.shape().rank()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = x.shape().dim(i);
      }
      inputs = Map.of("input", OnnxTensor.createTensor(ENVIRONMENT, direct(x), shape));
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses the file: " + e.getMessage(), e);
    }
  }

  private static FloatBuffer direct(Tensor x) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * x.size()).order(ByteOrder.nativeOrder());
    return bytes.asFloatBuffer().put(x.toArray()).rewind();
  }

  void run() {
    try (OrtSession.Result result = session.run(inputs)) {
      result.size();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  float[] answer() {
    try (OrtSession.Result result = session.run(inputs)) {
      FloatBuffer y = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] numbers = new float[y.remaining()];
      y.get(numbers);
      return numbers;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
