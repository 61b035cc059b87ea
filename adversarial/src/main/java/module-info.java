/** Adversarial attacks, defences and certificates, the command line and the reports. */
module dev.bagel.adversarial {
  requires transitive dev.bagel.nn;
  requires com.fasterxml.jackson.databind;
  requires gg.jte.runtime;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires org.joml;

  exports dev.bagel.adversarial;
  exports dev.bagel.adversarial.gradient;
  exports dev.bagel.adversarial.junit;
  exports dev.bagel.adversarial.audit;
  exports dev.bagel.adversarial.auto;
  exports dev.bagel.adversarial.explain;
  exports dev.bagel.adversarial.query;
  exports dev.bagel.adversarial.minimal;
  exports dev.bagel.adversarial.natural;
  exports dev.bagel.adversarial.spatial;
  exports dev.bagel.adversarial.universal;

  opens dev.bagel.adversarial.cli to
      info.picocli;
  opens dev.bagel.adversarial.report.templates to
      gg.jte.runtime;
}
