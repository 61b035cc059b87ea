package dev.bagel.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.aparapi.Kernel;
import com.aparapi.internal.exception.AparapiException;
import com.aparapi.internal.model.ClassModel;
import com.aparapi.internal.writer.KernelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sent to devices, looked at without one. */
class KernelRulesTest {
  private static final Map<KernelRule, Class<? extends Kernel>> BAD =
      Map.ofEntries(
          Map.entry(
              KernelRule.FIELDS_ARE_INTS_FLOATS_AND_THEIR_ARRAYS, BadKernels.BooleanField.class),
          Map.entry(KernelRule.NO_WORDS_OF_OPENCL, BadKernels.Word.class),
          Map.entry(KernelRule.NO_SWITCH, BadKernels.Switch.class),
          Map.entry(KernelRule.NO_WRITES_TO_FIELDS, BadKernels.Write.class),
          Map.entry(KernelRule.UNSIGNED_SHIFTS_STAND_ALONE, BadKernels.Shift.class),
          Map.entry(KernelRule.NO_MAX_AND_MIN_OF_FLOATS, BadKernels.Max.class),
          Map.entry(KernelRule.NO_REMAINDER_OF_FLOATS, BadKernels.Remainder.class),
          Map.entry(KernelRule.NO_DOUBLES, BadKernels.Doubles.class),
          Map.entry(KernelRule.ARRAYS_HAVE_CONSTANT_SIZES, BadKernels.Size.class),
          Map.entry(KernelRule.NO_OBJECTS, BadKernels.Objects.class),
          Map.entry(KernelRule.NO_NAMES_OF_GETTERS, BadKernels.Getter.class),
          Map.entry(KernelRule.NO_RECURSION, BadKernels.Recursion.class));

  @ParameterizedTest
  @EnumSource
  void theKernelKeepsTheRule(KernelRule rule) {
    assertEquals(Set.of(), rule.brokenBy(Interpreter.class));
  }

  @ParameterizedTest
  @EnumSource
  void theRuleFindsWhatBreaksIt(KernelRule rule) {
    assertFalse(rule.brokenBy(BAD.get(rule)).isEmpty());
  }

  private static String translated(Kernel kernel) throws AparapiException {
    ClassModel model = ClassModel.createClassModel(kernel.getClass());
    return KernelWriter.writeToString(model.getEntrypoint("run", kernel));
  }

  @Test
  void theKernelIsTranslatedWithoutADevice() throws AparapiException {
    String text = translated(new Interpreter());
    assertTrue(text.contains("__kernel void run("), text);
    assertFalse(text.contains("ranInJava"), "the proof of where it ran must stay here");
    assertFalse(text.contains("double"), "not every device has doubles");
  }

  private static final Pattern PRIVATE_ARRAY = Pattern.compile("(?m)^ *float (\\w+)\\[\\d+\\];");

  /** An array of an item is not zeroed there: names of those whose first use is no assignment. */
  private static Set<String> unset(String text) {
    Set<String> names = new HashSet<>();
    Matcher m = PRIVATE_ARRAY.matcher(text);
    while (m.find()) {
      String rest = text.substring(m.end());
      Matcher use = Pattern.compile("(?m)^.*\\b" + m.group(1) + "\\[.*$").matcher(rest);
      if (!use.find() || !use.group().strip().matches(m.group(1) + "\\[[^\\]]*\\]\\s+=.*")) {
        names.add(m.group(1));
      }
    }
    return names;
  }

  @Test
  void arraysOfAnItemAreWrittenBeforeTheyAreRead() throws AparapiException {
    assertEquals(Set.of(), unset(translated(new Interpreter())));
    assertEquals(Set.of("y"), unset(translated(new BadKernels.Unset())));
  }

  @Test
  void whatAGroupSharesFitsTheSmallestDevices() {
    int bytes = 4 * (Tiles.LEFT + Tiles.RIGHT);
    assertTrue(bytes <= 32 * 1024, bytes + " bytes: OpenCL promises 32 KiB");
  }

  @Test
  void theTilesAreWhatTheirSourceSays() throws IOException {
    Path folder = Path.of("src/main/java", Tiles.class.getPackageName().replace('.', '/'));
    for (TileSource tile : TileSource.ALL) {
      String file = Files.readString(folder.resolve(tile.name() + ".java"));
      assertEquals(
          words(tile.text()), words(file), "write " + tile.name() + " anew: TileSource.main");
    }
  }

  private static List<String> words(String source) {
    return Arrays.asList(source.replaceAll("(\\W)", " $1 ").strip().split("\\s+"));
  }
}
