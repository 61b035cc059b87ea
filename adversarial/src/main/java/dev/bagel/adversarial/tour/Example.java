package dev.bagel.adversarial.tour;

import dev.bagel.adversarial.Ball;
import dev.bagel.tensor.Tensor;

/**
 * One image before and after an attack.
 *
 * @param number its place in the test images, from 0
 * @param label its right class
 * @param clean the image, [C, H, W]
 * @param adversarial the image after the attack
 * @param before what the net says of the one
 * @param after and of the other
 * @param ball where the attack looked
 * @param distance how far it went
 * @param attack the attack as it prints
 */
public record Example(
    int number,
    String label,
    Tensor clean,
    Tensor adversarial,
    Verdict before,
    Verdict after,
    Ball ball,
    double distance,
    String attack) {}
