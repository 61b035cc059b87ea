package dev.bagel.bench.cli;

/**
 * What a JVM with the vector module reports of Bagel.
 *
 * @param kernels that it chose
 * @param reason why
 */
record Engine(String kernels, String reason) {}
