package dev.bagel.adversarial.report;

import gg.jte.Content;

/**
 * One part of a report: the data that it shows, bound to the way it is shown. To add a way of
 * looking at a result, write a record that implements this, and name it in a list.
 */
public interface Section {
  /** What addresses within the page call it, such as {@code training}: letters, digits, hyphens. */
  String id();

  /** The heading: what was found, as a sentence without a full stop. */
  String title();

  /** The HTML below the heading. */
  Content body();
}
