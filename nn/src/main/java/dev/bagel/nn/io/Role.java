package dev.bagel.nn.io;

import java.util.List;
import java.util.Optional;

/** What a tensor is to its layer, whatever a framework calls it; the first word is ours. */
@SuppressWarnings("ImmutableEnumChecker") // the list is immutable
enum Role {
  WEIGHT("weight", "kernel", "depthwise_kernel", "gamma"),
  BIAS("bias", "beta"),
  MEAN("running_mean", "moving_mean"),
  VARIANCE("running_var", "moving_variance");

  private final List<String> words;

  Role(String... words) {
    this.words = List.of(words);
  }

  String word() {
    return words.get(0);
  }

  static Optional<Role> of(String word) {
    for (Role r : values()) {
      if (r.words.contains(word)) {
        return Optional.of(r);
      }
    }
    return Optional.empty();
  }
}
