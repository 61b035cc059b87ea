package dev.bagel.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolTest {
  private final Pool<String, Object> pool = new Pool<>(2);

  private Object take(String kind) {
    return pool.take(kind, Object::new);
  }

  @Test
  void whatIsGivenBackIsTakenAgain() {
    Object a = take("a");
    pool.give("a", a);
    assertSame(a, take("a"));
  }

  @Test
  void whatIsInUseIsNotGivenToAnother() {
    Object a = take("a");
    assertNotSame(a, take("a"));
    pool.give("a", a);
    assertNotSame(a, take("b"));
  }

  @Test
  void theKindThatWasNotAskedForLongestIsForgotten() {
    Object a = take("a");
    Object b = take("b");
    pool.give("a", a);
    pool.give("b", b);
    pool.give("a", take("a")); // now b is the oldest
    pool.give("c", take("c"));
    assertSame(a, take("a"));
    assertNotSame(b, take("b"));
  }

  @Test
  void thereAreAsManyAsWereInUseAtOnce() {
    Object first = take("a");
    Object second = take("a");
    pool.give("a", first);
    pool.give("a", second);
    Object again = take("a");
    Object other = take("a");
    assertEquals(Set.of(first, second), Set.of(again, other));
  }
}
