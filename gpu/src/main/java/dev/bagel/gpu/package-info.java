/**
 * Plans on a GPU. <b>There is nothing here yet</b>: no class, and no claim about speed.
 *
 * <p>What it will do: take a {@code Plan} of {@code dev.bagel.autodiff} and run the whole of it in
 * one launch. One Aparapi kernel class interprets the plan's descriptors, pass by pass, in a single
 * {@code execute(range, passes)}, and the plan's arena lies on the device. So the unit of work is a
 * whole plan (forward, backward, sign step, projection, as many times as the attack asks for) and
 * never one operation.
 *
 * <p>Why so: Aparapi copies its buffers for every launch. A launch per operation spends its time on
 * copies; a launch per attack copies the images in and the adversarial images out.
 */
package dev.bagel.gpu;
