/**
 * Layers, networks, training, data sets and model files.
 *
 * <p>Only {@code dev.bagel.nn.onnx} needs more than java.base: the classes of ONNX's protobuf
 * messages, and only who calls it must have them.
 */
@SuppressWarnings("requires-automatic")
module dev.bagel.nn {
  requires transitive dev.bagel.autodiff;
  requires static com.google.protobuf;
  requires static org.tribuo.util.onnx;

  exports dev.bagel.nn;
  exports dev.bagel.nn.data;
  exports dev.bagel.nn.io;
  exports dev.bagel.nn.layer;
  exports dev.bagel.nn.onnx;
  exports dev.bagel.nn.zoo;
}
