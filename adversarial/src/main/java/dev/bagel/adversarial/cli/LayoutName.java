package dev.bagel.adversarial.cli;

import dev.bagel.nn.onnx.Layout;

/** In which order the input of an ONNX file has the axes of an image. */
enum LayoutName {
  NCHW,
  NHWC;

  Layout layout() {
    return switch (this) {
      case NCHW -> Layout.CHANNELS_FIRST;
      case NHWC -> Layout.CHANNELS_LAST;
    };
  }
}
