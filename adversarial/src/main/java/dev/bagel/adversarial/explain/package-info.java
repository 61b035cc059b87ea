/**
 * Where in an input a model sees a class, and whether such a map can be believed.
 *
 * <h2>The idea</h2>
 *
 * A {@link dev.bagel.adversarial.explain.Question} is a model, inputs, and a class for each; an
 * {@link dev.bagel.adversarial.explain.Explanation} answers it with a {@link
 * dev.bagel.adversarial.explain.Heatmap}, whose numbers are those of the paper and are scaled only
 * to be drawn.
 *
 * <pre>
 *   Question why = Question.of(model, x);
 *   Heatmap map = GradCam.at("fire9").heatmap(why);
 *
 *   Explanation ─┬─ PixelGradient ── MeanGradient = Points × Grad.Rule
 *                │     Saliency                 the input               the gradient
 *                │     SmoothGrad               noise around it         the gradient
 *                │     IntegratedGradients      a line up to it         the gradient
 *                │     GuidedBackpropagation    the input               another rule for relu
 *                ├─ LayerMap ── LayerGradient = a function of A and ∂y/∂A of one layer
 *                │     GradCam, GradCamPlusPlus, FeatureMaps
 *                └─ Product                     Guided Grad-CAM, and any other pair
 * </pre>
 *
 * Any layer of any model can be asked: a {@link dev.bagel.nn.layer.Pass} knows what every named
 * part put out, and that is a variable like any other, so that {@link dev.bagel.autodiff.Grad} has
 * the slope of a score in it. Everything runs in batches, on plans that are kept with the model.
 *
 * <h2>Whether to believe it</h2>
 *
 * {@link dev.bagel.adversarial.explain.ParameterRandomisation} asks whether a map depends on what
 * was learned at all. {@link dev.bagel.adversarial.explain.IntegratedGradients#residuals} says what
 * is missing from completeness. {@link dev.bagel.adversarial.explain.Agreement} compares two maps,
 * before and after an attack say.
 *
 * <h2>Reading order</h2>
 *
 * {@link dev.bagel.adversarial.explain.GradCam}, {@code LayerGradient}, {@code MeanGradient},
 * {@code Points}, {@link dev.bagel.adversarial.explain.Heatmap}, {@link
 * dev.bagel.adversarial.explain.ParameterRandomisation}.
 *
 * <h2>Rejected</h2>
 *
 * <ul>
 *   <li>Hooks that layers call, and a switch that makes relu behave otherwise: both are state that
 *       somebody must take back. Guided back-propagation is another walk over the same graph, see
 *       {@link dev.bagel.autodiff.Grad.Rule}.
 *   <li>A class for Guided Grad-CAM: it is a product.
 *   <li>Maps that are scaled to 0 … 1 at once: then neither completeness can be checked, nor two
 *       inputs compared.
 * </ul>
 */
package dev.bagel.adversarial.explain;
