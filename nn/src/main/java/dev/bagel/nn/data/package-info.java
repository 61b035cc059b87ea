/**
 * Data sets: labelled examples in a fixed order, and the files that they come in.
 *
 * <p>A {@link dev.bagel.nn.data.Dataset} is a list: it has a size, a shape per example, class
 * names, and gives any rows as a {@link dev.bagel.nn.data.Batch}. It holds no position, no
 * shuffling and no transformation; {@link dev.bagel.nn.data.Batches} says in which order to read
 * it, and {@link dev.bagel.nn.data.Dataset#slice} which part. So the same value serves a training
 * run, an attack on "examples 200 to 299", and any number of threads.
 *
 * <pre>
 *   Datasets.open("mnist/", TEST)          what is this? one entry for every kind
 *     ├─ FashionMnist                      7,000 images in the jar, or the installed 70,000
 *     ├─ Idx, CifarBinary ─► ImageBytes    a byte per value, as in the files
 *     └─ Npz ──────────────► Tensors       a float per value
 *   Download                               fetches files once, checked by SHA-256
 * </pre>
 *
 * <p>Reading order: {@link dev.bagel.nn.data.Dataset}, {@link dev.bagel.nn.data.ImageBytes}, {@link
 * dev.bagel.nn.data.Idx}, {@link dev.bagel.nn.data.Datasets}.
 *
 * <h2>Why so</h2>
 *
 * <ul>
 *   <li>Images stay bytes until a batch is asked for: the 50,000 images of CIFAR-10 are 150 MB and
 *       not 600, and 0 … 255 over 255 is exact in no other place.
 *   <li>The order of an epoch is a function of the seed and the epoch. An iterator with a position
 *       would have to be saved with every checkpoint.
 *   <li>Nothing is downloaded behind the user's back, and no address is built in: sites move and
 *       licences differ. The first 7,000 images of Fashion-MNIST (MIT licence) are in the jar, so
 *       that every example runs offline.
 *   <li>PNG and JPEG need {@code java.desktop}; the reader for folders of pictures is another
 *       module's {@link dev.bagel.nn.data.Dataset}, which is why the interface is not sealed.
 * </ul>
 */
package dev.bagel.nn.data;
