/** ONNX Runtime, with our models as the files that we write. */
package dev.bagel.bench.rivals.onnx;
