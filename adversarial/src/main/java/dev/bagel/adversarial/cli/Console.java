package dev.bagel.adversarial.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Whom a command talks to. What was asked for goes to standard output: text for people, or one JSON
 * document. Everything else goes to standard error.
 */
final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final BooleanSupplier terminal;
  private final boolean json;

  Console(PrintStream out, PrintStream err, BooleanSupplier terminal) {
    this(out, err, terminal, false);
  }

  private Console(PrintStream out, PrintStream err, BooleanSupplier terminal, boolean json) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.json = json;
  }

  /** The same console for a command that answers with a document, or with text. */
  Console json(boolean json) {
    return new Console(out, err, terminal, json);
  }

  boolean isJson() {
    return json;
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Text that was asked for; standard error if the answer is a document. */
  void print(Object text) {
    (json ? err : out).println(Text.lines(text.toString()));
  }

  /** A line about the work. */
  void note(String line) {
    err.println("bagel: " + Text.oneLine(line));
  }

  /** The answer, if a document is wanted; nothing otherwise. */
  void answer(Map<String, ?> document) {
    if (json) {
      Json.write(document, out);
    }
  }

  /** A bar on standard error, to be closed after the work. */
  ProgressBar progress() {
    return new ProgressBar(err, terminal, System::nanoTime);
  }
}
