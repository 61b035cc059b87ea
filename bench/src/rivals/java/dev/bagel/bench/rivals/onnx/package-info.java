/** ONNX Runtime, and just enough of a writer of ONNX files to hand our models to it. */
package dev.bagel.bench.rivals.onnx;
