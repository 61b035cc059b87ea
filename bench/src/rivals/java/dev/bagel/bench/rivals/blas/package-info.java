/** Matrix products of two libraries: one in plain Java, one in assembler. */
package dev.bagel.bench.rivals.blas;
