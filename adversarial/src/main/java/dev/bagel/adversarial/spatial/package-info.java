/**
 * Attacks that change what a camera would see, and not by how much each pixel may differ: the
 * picture is turned, shifted, seen from the side, or seen in another light.
 *
 * <h2>The idea</h2>
 *
 * There is no ε here. A {@link dev.bagel.adversarial.spatial.Transformation} is a family T(x; θ) of
 * pictures with a few parameters θ, each between −limit and limit, and T(x; 0) = x. An attack looks
 * for the θ that hurts most:
 *
 * <pre>{@code max over |θₚ| ≤ limitₚ of surrogate(f(T(x; θ)))}</pre>
 *
 * <pre>
 *   θ ──► matrix (JOML)         where: a pixel comes from, or what a colour becomes
 *   matrix, x ──► T(x; θ)       what: bilinear reading, or a product with colours; differentiable
 * </pre>
 *
 * Every member of a family is a matrix: {@link dev.bagel.adversarial.spatial.RotationTranslation}
 * an affine map of the plane, {@link dev.bagel.adversarial.spatial.Perspective} a homography,
 * {@link dev.bagel.adversarial.spatial.ColourShift} an affine map of colours. JOML composes and
 * inverts these in double; the rest is a graph. A first-order search takes the gradient in the
 * matrix from the graph and multiplies it by ∂matrix/∂θ, which is some 9 × 3 numbers per example.
 *
 * <h2>The contract</h2>
 *
 * {@link dev.bagel.adversarial.Evaluation} measures distances, and there is none here. So {@link
 * dev.bagel.adversarial.spatial.TransformationAttack#find} looks itself: its result has the
 * pictures, the parameters that made each, and what a fresh forward pass says of them. Whoever
 * doubts it applies the parameters again: {@code transformation.apply(x, theta, bounds)} gives the
 * same pictures.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.spatial.Transformation}, {@link dev.bagel.adversarial.spatial.Warp},
 * the three families, {@link dev.bagel.adversarial.spatial.Search}, {@code WorstCase}.
 *
 * <h2>Rejected</h2>
 *
 * Angles in coordinates from −1 to 1, as Foolbox has them: a rotation then shears pictures that are
 * not square, and a shift of three pixels is one of 2.9. Stopping at the first transformation that
 * fools: the worst one costs little more, and says more.
 */
package dev.bagel.adversarial.spatial;
