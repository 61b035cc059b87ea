package dev.bagel.nn.onnx;

/** In which order a file's input has the axes of an image. */
public enum Layout {
  /** [N, C, H, W], as in PyTorch and in this project. */
  CHANNELS_FIRST,
  /** [N, H, W, C], as in TensorFlow. */
  CHANNELS_LAST
}
