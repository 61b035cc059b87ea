/**
 * Checking derivatives: {@link dev.bagel.autodiff.check.GradCheck} for whoever writes an operation,
 * here or elsewhere.
 */
package dev.bagel.autodiff.check;
