package dev.bagel.adversarial.cli;

import dev.bagel.nn.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Shows how far work has come, on standard error.
 *
 * <pre>
 *   training, loss 0.4213  [#########...............]  38 %  0:12, 0:20 left
 * </pre>
 *
 * <p>On a terminal a bar is drawn over itself and cleared at the end; elsewhere, as in a log, there
 * is a plain line now and then. Work of less than two seconds shows nothing.
 */
public final class ProgressBar implements Progress, AutoCloseable {
  private static final long PATIENCE = 2_000_000_000L; // nanoseconds before anything is shown
  private static final long REDRAW = 100_000_000L; // between two bars
  private static final long LINE = 5_000_000_000L; // between two lines
  private static final int WIDTH = 79;
  private static final int BAR = 24;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final BooleanSupplier terminal;
  private final LongSupplier clock;

  private long begun; // when the present work was first heard of
  private long first; // how much was done then
  private long done = Long.MAX_VALUE;
  private long total = -1;
  private long shown;
  private boolean drawn;
  private Boolean onTerminal; // null before it matters: finding out takes time

  /**
   * A bar.
   *
   * @param terminal whether {@code err} is a terminal; asked once, when there is something to show
   * @param clock nanoseconds from any moment on
   */
  public ProgressBar(PrintStream err, BooleanSupplier terminal, LongSupplier clock) {
    this.err = err;
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public synchronized void at(long done, long total, String what) {
    long now = clock.getAsLong();
    if (done < this.done || total != this.total) { // other work
      begun = now;
      first = done;
      shown = now - LINE;
    }
    this.done = done;
    this.total = total;
    if (now - begun < PATIENCE || now - shown < (isTerminal() ? REDRAW : LINE)) {
      return;
    }
    shown = now;
    if (isTerminal()) {
      err.print(CLEAR + bar(now, Text.oneLine(what)));
      drawn = true;
    } else {
      err.println(Text.oneLine(what) + ": " + place() + ", " + times(now));
    }
    err.flush();
  }

  private boolean isTerminal() {
    if (onTerminal == null) {
      onTerminal = terminal.getAsBoolean();
    }
    return onTerminal;
  }

  /** Takes the bar away, so that a line can be printed; it comes back with the next news. */
  public synchronized void clear() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    clear();
  }

  private String bar(long now, String what) {
    String end = "  " + place() + "  " + times(now);
    if (total > 0) {
      int full = (int) (BAR * Math.min(done, total) / total);
      end = "  [" + "#".repeat(full) + ".".repeat(BAR - full) + "]" + end;
    }
    int room = Math.max(0, WIDTH - end.length());
    return (what.length() > room ? what.substring(0, Math.max(0, room - 1)) + "…" : what) + end;
  }

  private String place() {
    return total > 0
        ? String.format(Locale.ROOT, "%3d %%", 100 * Math.min(done, total) / total).strip()
        : Long.toString(done);
  }

  private String times(long now) {
    long elapsed = now - begun;
    String text = time(elapsed);
    if (total > 0 && done > first) {
      double perUnit = (double) elapsed / (done - first);
      text += ", " + time((long) (perUnit * Math.max(0, total - done))) + " left";
    }
    return text;
  }

  private static String time(long nanos) {
    long s = Math.round(nanos / 1e9);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
