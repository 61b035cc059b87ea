/**
 * Reports: what was found, for people to look at, in one file that needs nothing else.
 *
 * <h2>The idea</h2>
 *
 * <pre>
 *   a result (data)          sections (values that show it)          a file
 *   TourResult ───────────►  List&lt;Section&gt; ───► Report ───►  report.html
 *   Assessed ─────────────►      …
 * </pre>
 *
 * <p>A {@link dev.bagel.adversarial.report.Section} is a record: the data that it shows, a heading
 * that states what was found, and a body. A {@link dev.bagel.adversarial.report.Report} is any list
 * of them. {@link dev.bagel.adversarial.report.TourSections} is the list of the tour, in one place:
 * who adds a way of looking at a net adds a record, a template, and a line there. Nothing else
 * changes, and other commands make reports of other lists.
 *
 * <h2>What draws what</h2>
 *
 * <ul>
 *   <li>{@code src/main/jte/*.jte} is the HTML, one template for each section, and {@code
 *       style.jte} the looks; JTE escapes everything that a template prints, since class names,
 *       file names and settings are somebody else's;
 *   <li>{@link dev.bagel.adversarial.report.LineChart} writes SVG as text, and escapes for itself;
 *   <li>{@link dev.bagel.adversarial.report.GraphPicture} draws a model's graph in the same way,
 *       where {@code LayeredLayout} says;
 *   <li>{@link dev.bagel.adversarial.report.Raster} is a picture, and {@link
 *       dev.bagel.adversarial.report.Png} turns it into bytes that stand in the page as a {@code
 *       data:} address.
 * </ul>
 *
 * <p>So the page has no script, no link to anything outside, and no font of its own; it follows the
 * reader's choice of light or dark.
 *
 * <h2>Rules</h2>
 *
 * Headings state findings, with the numbers in them, so that they stay true whatever the numbers
 * are. A picture of a perturbation says its scale. A section computes nothing that a result does
 * not already hold.
 *
 * <h2>Rejected</h2>
 *
 * A chart library: the charts here are lines in a box, and theirs are pictures that follow neither
 * the page's colours nor its fonts. Sections found by {@code ServiceLoader}: a list says the order
 * too.
 */
package dev.bagel.adversarial.report;
