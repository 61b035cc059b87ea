/** Variables, the graph that they leave behind, gradients of any order, and plans. */
module dev.bagel.autodiff {
  requires transitive dev.bagel.tensor;

  exports dev.bagel.autodiff;
  exports dev.bagel.autodiff.check;
  exports dev.bagel.autodiff.scalar;

  uses dev.bagel.autodiff.DeviceProvider;
}
