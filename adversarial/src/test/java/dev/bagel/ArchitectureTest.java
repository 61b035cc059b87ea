package dev.bagel;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Set;

/** What may know what. The modules see to their own direction; this sees to the packages. */
@AnalyzeClasses(packages = "dev.bagel", importOptions = ArchitectureTest.MainClasses.class)
class ArchitectureTest {
  private static final String TENSOR = "dev.bagel.tensor..";
  private static final String AUTODIFF = "dev.bagel.autodiff..";
  private static final String NN = "dev.bagel.nn..";
  private static final String ADVERSARIAL = "dev.bagel.adversarial..";
  private static final String COMMAND_LINE = "dev.bagel.adversarial.cli..";
  private static final String REPORT = "dev.bagel.adversarial.report..";
  private static final String SIMD = "dev.bagel.tensor.kernel.simd..";

  @ArchTest
  static final ArchRule tensor_knows_only_itself =
      noClasses()
          .that()
          .resideInAPackage(TENSOR)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(AUTODIFF, NN, ADVERSARIAL)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule autodiff_knows_only_tensor =
      noClasses()
          .that()
          .resideInAPackage(AUTODIFF)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(NN, ADVERSARIAL)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule nn_knows_nothing_of_attacks =
      noClasses()
          .that()
          .resideInAPackage(NN)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ADVERSARIAL)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule attacks_know_nothing_of_the_command_line_and_reports =
      noClasses()
          .that()
          .resideInAPackage(ADVERSARIAL)
          .and()
          .resideOutsideOfPackages(COMMAND_LINE, REPORT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(COMMAND_LINE, REPORT)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule reports_know_nothing_of_the_command_line =
      noClasses()
          .that()
          .resideInAPackage(REPORT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(COMMAND_LINE)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_unsafe =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("sun..", "jdk.internal..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_native_code =
      noClasses()
          .should()
          .callMethodWhere(
              describe(
                  "it loads a library",
                  call ->
                      Set.of("load", "loadLibrary").contains(call.getName())
                          && (call.getTargetOwner().isEquivalentTo(System.class)
                              || call.getTargetOwner().isEquivalentTo(Runtime.class))))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule no_java_serialisation =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ObjectInputStream.class, ObjectOutputStream.class)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule pictures_only_in_adversarial =
      noClasses()
          .that()
          .resideOutsideOfPackage(ADVERSARIAL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.awt..", "javax..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule incubating_vectors_only_in_their_package =
      noClasses()
          .that()
          .resideOutsideOfPackage(SIMD)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule vector_kernels_are_loaded_by_name =
      noClasses()
          .that()
          .resideOutsideOfPackage(SIMD)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SIMD)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule joml_only_in_adversarial =
      noClasses()
          .that()
          .resideOutsideOfPackage(ADVERSARIAL)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.joml..")
          .allowEmptyShould(true);

  /** JOML writes to a buffer through Unsafe, and a buffer on the heap kills the JVM. */
  @ArchTest
  static final ArchRule no_joml_with_buffers =
      noClasses().should().callMethodWhere(jomlWithMemory()).allowEmptyShould(true);

  @ArchTest
  static final ArchRule protobuf_only_where_onnx_is_read_and_written =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.bagel.nn.onnx..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx..", "org.tribuo..", "com.google.protobuf..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule picocli_only_in_the_command_line =
      noClasses()
          .that()
          .resideOutsideOfPackage(COMMAND_LINE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule report_libraries_only_in_reports_and_the_command_line =
      noClasses()
          .that()
          .resideOutsideOfPackages(COMMAND_LINE, REPORT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson..", "org.knowm.xchart..", "gg.jte..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule names_say_what_a_thing_is =
      classes()
          .should()
          .haveNameNotMatching(".*[.$](Abstract\\w+|\\w*(Manager|Helper|Utils?|Impl|Factory))")
          .allowEmptyShould(true);

  private static DescribedPredicate<JavaMethodCall> jomlWithMemory() {
    return describe(
        "it hands a java.nio buffer or an address to JOML",
        call ->
            call.getTargetOwner().getPackageName().startsWith("org.joml")
                && (call.getTarget().getRawParameterTypes().stream()
                        .anyMatch(type -> type.getPackageName().equals("java.nio"))
                    || call.getName().endsWith("Address")
                    || call.getName().endsWith("Unsafe")));
  }

  /** Leaves out tests, in folders and in the test-jars of the other modules. */
  static final class MainClasses implements ImportOption {
    private static final ImportOption NO_TESTS = new ImportOption.DoNotIncludeTests();

    @Override
    public boolean includes(Location location) {
      return NO_TESTS.includes(location) && !location.contains("-tests.jar");
    }
  }
}
