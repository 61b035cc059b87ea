/** Deeplearning4j, the other engine that Java programmers train networks with. */
package dev.bagel.bench.rivals.dl4j;
