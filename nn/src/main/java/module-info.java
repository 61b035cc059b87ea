/** Layers, networks, training, data sets and model files. */
module dev.bagel.nn {
  requires transitive dev.bagel.autodiff;

  exports dev.bagel.nn;
  exports dev.bagel.nn.data;
  exports dev.bagel.nn.io;
  exports dev.bagel.nn.layer;
  exports dev.bagel.nn.zoo;
}
