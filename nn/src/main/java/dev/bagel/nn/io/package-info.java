/**
 * Models on disk: safetensors, a JSON header and then the numbers.
 *
 * <p>Weights are a map from names to tensors and nothing else, so the file format is the value
 * {@link dev.bagel.nn.io.Safetensors}: read it, write it, compare it. A whole model is the same
 * file with its architecture as text in the metadata: {@link dev.bagel.nn.io.ModelFile}, and {@link
 * dev.bagel.nn.io.Architecture} for the text. Any other program can read the weights; Bagel needs
 * nothing beside the file.
 *
 * <p>Weights of other frameworks are a {@link dev.bagel.nn.io.StateDict}: {@link
 * dev.bagel.nn.io.Fit} says which of its tensors becomes which parameter of an architecture, and
 * what is left over. Names are understood by rule ({@link dev.bagel.nn.io.Naming}), never by shapes
 * alone, and a word that only frameworks with channels last have ({@code kernel}) says that axes
 * must move. What fits in two ways is an error, not a guess.
 *
 * <p>Reading order: {@link dev.bagel.nn.io.Safetensors}, {@code SafetensorsHeader}, where all the
 * distrust is, {@code JsonCursor}; then {@link dev.bagel.nn.io.Architecture} and {@link
 * dev.bagel.nn.io.ModelFile}, which allocates nothing before names and shapes are those of the
 * architecture; then {@link dev.bagel.nn.io.StateDict}, {@link dev.bagel.nn.io.Naming} and {@link
 * dev.bagel.nn.io.Fit}.
 *
 * <h2>Why not otherwise</h2>
 *
 * <ul>
 *   <li>Java serialisation runs code of the file's choosing. A class that must be {@code
 *       Serializable} writes {@link dev.bagel.nn.io.Safetensors#toBytes()}.
 *   <li>A JSON library would be a dependency, and most accept what is dangerous here: the same key
 *       twice, any depth, numbers that wrap. The header's grammar has two levels; a parser for
 *       exactly that needs no recursion, so a file cannot choose its depth.
 *   <li>Lenient readers have let through, each with an issue of its own: duplicate keys, NUL in
 *       names, offsets that do not fit the shape, shapes whose product wraps around to 4. Each is a
 *       named file in the tests.
 * </ul>
 */
package dev.bagel.nn.io;
