package dev.bagel.adversarial.cli;

import dev.bagel.adversarial.report.ImagenetSections;
import dev.bagel.adversarial.report.Provenance;
import dev.bagel.adversarial.report.Section;
import dev.bagel.adversarial.report.TourSections;
import dev.bagel.adversarial.report.TourStrip;
import dev.bagel.adversarial.report.TourSummary;
import dev.bagel.adversarial.tour.Budget;
import dev.bagel.adversarial.tour.ImagenetPictures;
import dev.bagel.adversarial.tour.ImagenetResult;
import dev.bagel.adversarial.tour.ImagenetSettings;
import dev.bagel.adversarial.tour.ImagenetTour;
import dev.bagel.adversarial.tour.Tour;
import dev.bagel.adversarial.tour.TourResult;
import dev.bagel.adversarial.tour.TourSettings;
import dev.bagel.nn.Bounds;
import dev.bagel.nn.data.Dataset;
import dev.bagel.nn.data.Datasets;
import dev.bagel.nn.data.Split;
import dev.bagel.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel tour}: all of it once, on real images, with a report. */
@Command(
    name = "tour",
    sortOptions = false,
    versionProvider = Versions.class,
    description =
        "Trains a conv-net, breaks it, hardens it, tries again, and writes a report of what it"
            + " saw.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel tour",
      "  bagel tour --budget small --json",
      "  bagel tour --data fashion-mnist-full --out tour-of-the-first-6000",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class TourCommand implements Callable<Integer> {
  private static final String REPORT = "report.html";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "report",
      description = "The folder of " + REPORT + " (default: ${DEFAULT-VALUE}); made if need be.")
  private Path out;

  @Option(
      names = "--budget",
      paramLabel = "SIZE",
      defaultValue = "standard",
      description = {
        "small (some 20 s on two cores) or standard (a minute or two; the default). Photographs"
            + " take as long again: small crafts in 10 steps and looks at 6 radii, standard in 20"
            + " and at 10."
      })
  private Budget budget;

  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      defaultValue = "fashion-mnist",
      description = {
        "Images with a training and a test part (default: ${DEFAULT-VALUE}, in the program); the"
            + " first 6,000 and 1,000 of them are used."
      })
  private String data;

  @Mixin private ImagenetOptions photographs;

  @Option(
      names = "--picture",
      paramLabel = "FILE.svg",
      description = "Also draw the tour in one picture.")
  private Path picture;

  @Mixin private GlobalOptions globals;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    Dataset train = Datasets.open(data, Split.TRAIN);
    Dataset test = Datasets.open(data, Split.TEST);
    TourSettings settings = settings(train, test);
    OutputFile.checkFolder(out, "--out");
    OutputFile.check(picture, "--picture");
    Optional<String> missing = photographs.missing();
    ImagenetPictures pictures = missing.isPresent() ? null : photographs.read();
    TourResult result;
    ImagenetResult imagenet = null;
    try (ProgressBar bar = console.progress()) {
      Consumer<String> line = text -> tell(console, bar, text);
      result = new Tour(settings, train, test, bar, line).run();
      if (pictures != null) {
        ImagenetSettings how = budget.imagenet(globals.seed());
        imagenet = new ImagenetTour(how, pictures, bar, line).run();
      }
    }
    List<Section> shown =
        imagenet == null
            ? ImagenetSections.missing(missing.orElseThrow())
            : ImagenetSections.of(imagenet);
    Path file = out.resolve(REPORT);
    List<String> words = command(imagenet != null);
    TourSections.report(result, shown, Provenance.here(words, Instant.now())).write(file);
    if (picture != null) {
      byte[] svg = TourStrip.of(result).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(picture, to -> to.write(svg));
    }
    if (!console.isJson()) {
      missing.ifPresent(what -> console.print("No photographs in the report. " + what));
      double seconds = result.seconds() + (imagenet == null ? 0 : imagenet.seconds());
      console.print(String.format(Locale.ROOT, "%.0f s in all; the report: %s", seconds, file));
    }
    console.answer(document(result, imagenet, file));
    return Failures.DONE;
  }

  /** One line for a person, on standard error, as it is not what was asked for. */
  private static void tell(Console console, ProgressBar bar, String line) {
    bar.clear();
    console.note(line);
  }

  private TourSettings settings(Dataset train, Dataset test) {
    try {
      TourSettings settings =
          budget.settings(globals.seed(), TourSettings.netFor(train.example(), train.classes()));
      if (isSame(train, test)) {
        throw new WrongUse(
            "one part only", "--data " + data, "name data with training and test images");
      }
      Bounds.UNIT.check(test.slice(0, Math.min(test.size(), settings.testImages())).all().x());
      return settings;
    } catch (IllegalArgumentException e) {
      throw new WrongUse(e.getMessage(), "--data " + data, "name images with values from 0 to 1");
    }
  }

  /** Whether a file has one part only, which is then given for either. */
  private static boolean isSame(Dataset train, Dataset test) {
    return Arrays.equals(train.labels(), test.labels())
        && train.batch(0).x().equals(test.batch(0).x());
  }

  private List<String> command(boolean withPhotographs) {
    List<String> command =
        new ArrayList<>(List.of("java", "-jar", "adversarial/target/bagel.jar", "tour"));
    command.add("--budget=" + budget.name().toLowerCase(Locale.ROOT));
    command.add("--seed=" + globals.seed());
    command.add("--data=" + data);
    if (withPhotographs) {
      command.addAll(photographs.words());
    }
    return command;
  }

  private Map<String, Object> document(TourResult result, ImagenetResult imagenet, Path file) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("command", "tour");
    document.put("budget", budget.name().toLowerCase(Locale.ROOT));
    document.putAll(TourSummary.of(result, file));
    document.put("photographs", imagenet == null ? null : TourSummary.of(imagenet));
    document.put("picture", picture == null ? null : picture.toString());
    document.put("versions", Versions.all());
    return document;
  }
}
