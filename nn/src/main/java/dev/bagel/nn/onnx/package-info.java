/** ONNX files as models. */
package dev.bagel.nn.onnx;
