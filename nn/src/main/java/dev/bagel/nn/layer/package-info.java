/**
 * Layers: descriptions of differentiable functions, and the numbers that they need.
 *
 * <h2>The idea</h2>
 *
 * A {@link dev.bagel.nn.layer.Layer} is a record without numbers, {@link dev.bagel.nn.layer.Params}
 * are numbers without behaviour, and a {@link dev.bagel.nn.layer.Pass} brings the two together for
 * one batch. So a network can be printed, compared and written to a file; weights can be averaged,
 * perturbed and attacked with ordinary arithmetic; and the notorious question in which mode the
 * inner attack of adversarial training runs is an argument that can be read.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.nn.layer.Layer}, {@link dev.bagel.nn.layer.Parameter}, {@link
 * dev.bagel.nn.layer.Dense}, {@link dev.bagel.nn.layer.Sequential}, {@link
 * dev.bagel.nn.layer.Pass}, then {@link dev.bagel.nn.layer.BatchNorm2d}, which uses everything that
 * a pass offers.
 *
 * <h2>Rejected</h2>
 *
 * Modules that hold and mutate their weights (weight averaging or attacking a frozen copy would be
 * protocols instead of arithmetic); inferring the number of inputs from the first batch (a
 * description would not say what it describes).
 */
package dev.bagel.nn.layer;
