package dev.bagel.adversarial.cli;

import dev.bagel.tensor.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IVersionProvider;

/** Which program this is, and on what it runs. */
final class Versions implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"bagel " + bagel(), "java " + Runtime.version()};
  }

  /** The version in the jar's manifest. */
  static String bagel() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** For a document: what has to be equal for a result to be repeated bit for bit. */
  static Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("bagel", bagel());
    all.put("java", Runtime.version().toString());
    all.put("kernels", Kernels.best().name());
    return all;
  }
}
