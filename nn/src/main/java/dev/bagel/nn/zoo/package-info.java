/**
 * Architectures of the literature, as functions that return a {@link dev.bagel.nn.layer.Layer}.
 *
 * <h2>The idea</h2>
 *
 * A network is worth a name if somebody else published numbers for it. So every function of {@link
 * dev.bagel.nn.zoo.Zoo} says where its network comes from and how many weights it has, and a test
 * counts them: a padding that is off by one, a bias too many before batch normalisation or another
 * shortcut changes the count or the result, and then no number can be compared any more.
 *
 * <p>The functions are also the way to read how networks are written here: plain Java over the
 * words of {@link dev.bagel.nn.layer.Layer}.
 *
 * <h2>Rejected</h2>
 *
 * Networks as files of a format of their own: {@link dev.bagel.nn.io.Architecture} writes any of
 * these as text, and Java is the better language to say "18 blocks, every sixth of them with stride
 * 2". Weights in the jar: they are data, and somebody else's.
 */
package dev.bagel.nn.zoo;
