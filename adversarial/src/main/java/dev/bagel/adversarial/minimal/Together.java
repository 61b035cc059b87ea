package dev.bagel.adversarial.minimal;

import java.util.ArrayList;
import java.util.List;

/** Several walks of one example in step: what the nearest of them finds is what they find. */
final class Together implements Walk {
  private final List<? extends Walk> walks;
  private final int[] asked;

  Together(List<? extends Walk> walks) {
    this.walks = walks;
    asked = new int[walks.size()];
  }

  @Override
  public List<Question> ask() {
    List<Question> all = new ArrayList<>();
    for (int i = 0; i < asked.length; i++) {
      List<Question> own = walks.get(i).ask();
      asked[i] = own.size();
      all.addAll(own);
    }
    return all;
  }

  @Override
  public void hear(List<Reply> replies) {
    int from = 0;
    for (int i = 0; i < asked.length; i++) {
      int to = from + asked[i];
      if (to > from) { // otherwise it is over
        walks.get(i).hear(replies.subList(from, to));
      }
      from = to;
    }
  }
}
