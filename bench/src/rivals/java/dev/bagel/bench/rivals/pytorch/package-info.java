/** PyTorch: our layers translated into its eager operations, and what its users do with them. */
package dev.bagel.bench.rivals.pytorch;
