/**
 * Pictures: files that ImageIO reads as data sets, and tensors as PNG files.
 *
 * <pre>
 *   photo.png, folder/, folder/CLASS/ ─► ImageFiles ─► ImageFile ─► Resize ─► ImageBytes [N, C, H, W]
 *   tensor [C, H, W] ─► PngFile ─► file.png
 * </pre>
 *
 * <p>A picture of another size than the model's is an error that names both, unless somebody says
 * how to resize it ({@link dev.bagel.adversarial.image.Resize}): a network and an attack see
 * another picture after every interpolation, and which one should be the user's decision. Grey is
 * spread over three channels for a colour model, and colour is weighed as by Rec. 601 for a grey
 * one, both as other programs do it.
 *
 * <p>This package alone knows {@code java.awt} and {@code javax.imageio}.
 */
package dev.bagel.adversarial.image;
