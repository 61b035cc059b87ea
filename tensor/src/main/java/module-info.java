/** Shapes, tensors, random streams, file formats and the numeric kernels. */
module dev.bagel.tensor {
  requires static jdk.incubator.vector;

  exports dev.bagel.tensor;
  exports dev.bagel.tensor.io;
  exports dev.bagel.tensor.kernel;
}
