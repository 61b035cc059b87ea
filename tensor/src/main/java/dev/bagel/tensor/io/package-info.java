/**
 * Files of arrays: NumPy's {@code .npy} and {@code .npz}, read as if an enemy had written them.
 *
 * <p>A model or a data set is something that one downloads, so a reader here trusts no number that
 * it reads. The idea is one rule with two halves:
 *
 * <ol>
 *   <li><b>Nothing is allocated from a declared size before that size was compared with the bytes
 *       that are really there.</b> A file of two kilobytes may claim a shape of two terabytes; it
 *       is refused before an array exists.
 *   <li><b>A file is read wholly or refused with one {@link
 *       dev.bagel.tensor.io.FormatException}</b>, one line that says which file, what, where, and
 *       what to do. No reader lets an index, a cast or a decoder's own exception escape, and none
 *       ignores what it does not understand: bytes after the end, a key twice, an entry that
 *       overlaps another.
 * </ol>
 *
 * <pre>
 *   Npz ── ZipEnd, ZipDirectory, ZipEntryStream      which bytes belong to which array
 *    └─ Npy ── NpyHeader                             what the bytes of one array mean
 *        └─ Dtype ── Values                          one element; many, in the narrowest Java array
 *            └─ NpyArray                             what the caller gets: tensor(), ints(), longs()
 * </pre>
 *
 * <p>Reading order: {@link dev.bagel.tensor.io.FormatException}, {@link dev.bagel.tensor.io.Dtype},
 * {@link dev.bagel.tensor.io.NpyArray}, {@link dev.bagel.tensor.io.Npy}, {@link
 * dev.bagel.tensor.io.Npz}. {@link dev.bagel.tensor.io.AtomicFile} is how every writer of this
 * project replaces a file.
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>{@code java.util.zip.ZipFile} needs a file on disk, accepts overlapping and duplicate
 *       entries and says little about what is wrong. The directory of a ZIP file is two hundred
 *       lines, and then every offset in it has been compared with the file. Only {@link
 *       java.util.zip.Inflater} is borrowed.
 *   <li>Pickled objects inside {@code .npy} are programs, not data: never read, with no switch to
 *       turn that on.
 *   <li>Text (NumPy's {@code U} and {@code S}), complex and structured arrays are refused by name.
 *       {@link dev.bagel.tensor.io.Npz} decodes an array when it is asked for, so one such entry
 *       does not spoil its neighbours.
 *   <li>A memory-mapped reader would save a copy, but a mapped file that is truncated while in use
 *       ends the JVM with a signal instead of an exception.
 * </ul>
 */
package dev.bagel.tensor.io;
