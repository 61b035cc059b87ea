package dev.bagel.adversarial.cli;

import dev.bagel.nn.data.Download;
import dev.bagel.nn.data.FashionMnist;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bagel download}: the whole of Fashion-MNIST, from its authors or a mirror of theirs. */
@Command(
    name = "download",
    versionProvider = Versions.class,
    description = {
      "Fetches all 70,000 images of Fashion-MNIST (30 MB) into a folder that --data can name.",
      "Every file is checked by its length and SHA-256; what is there and right is not fetched"
          + " again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bagel download --to fashion/",
      "  bagel train --arch tutorial-cnn --data fashion/ --save net.safetensors",
      "",
      "Exit codes: 0 done, 1 the work failed, 2 wrong use."
    })
final class DownloadCommand implements Callable<Integer> {
  @Mixin private GlobalOptions globals;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The folder; it is made if it is not there.")
  private Path folder;

  @Option(
      names = "--from",
      paramLabel = "URL",
      defaultValue = FashionMnist.ADDRESS,
      description = "The address of the folder with the four files (default: that of the authors).")
  private String from;

  @Override
  public Integer call() throws IOException {
    Console console = globals.start();
    Download download = FashionMnist.download(from);
    try (ProgressBar bar = console.progress()) {
      download.into(folder, bar);
    }
    console.print(download.items().size() + " files in " + folder);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("folder", folder.toString());
    answer.put("files", download.items().stream().map(Download.Item::name).toList());
    answer.put("bytes", download.bytes());
    console.answer(answer);
    return Failures.DONE;
  }
}
