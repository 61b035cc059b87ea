package dev.bagel.nn.io;

import dev.bagel.nn.layer.Activation;
import dev.bagel.nn.layer.BatchNorm2d;
import dev.bagel.nn.layer.Conv2d;
import dev.bagel.nn.layer.Dense;
import dev.bagel.nn.layer.Layer;
import dev.bagel.nn.layer.Residual;
import dev.bagel.nn.layer.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What PyTorch's users call the layers of a network whose modules are attributes: {@code conv1},
 * {@code bn1}, {@code fc2}, and in residual nets {@code layer2.0.conv1} and {@code
 * layer2.0.downsample.0}, stage by stage; a stage begins where the number of channels changes.
 *
 * <p>In nets that normalise before they convolve, the normalisation before a block that changes the
 * number of channels belongs to the block: Zagoruyko and Komodakis 2016, {@code
 * block1.layer.0.bn1}.
 */
final class TorchNames {
  private record Item(String path, Layer layer) {}

  private final List<Item> items = new ArrayList<>();
  private final Map<String, List<String>> names = new LinkedHashMap<>();
  private int convs;
  private int norms;
  private int denses;
  private int stage;
  private int block;
  private int channels = -1;

  private TorchNames() {}

  /** The names that each layer may have, by its path in {@code net}. */
  static Map<String, List<String>> of(Layer net) {
    TorchNames torch = new TorchNames();
    torch.inline(net, "");
    long dense = torch.items.stream().filter(i -> i.layer() instanceof Dense).count();
    String pending = null; // a normalisation that belongs to the block behind it
    for (int i = 0; i < torch.items.size(); i++) {
      Item item = torch.items.get(i);
      if (item.layer() instanceof Residual r) {
        torch.block(item.path(), r, pending);
        pending = null;
      } else if (item.layer() instanceof BatchNorm2d && torch.beginsBlock(i + 1)) {
        pending = item.path();
      } else {
        torch.single(item, dense == 1);
      }
    }
    return torch.names;
  }

  /** Whether an activation and then a block that ends with a convolution come next. */
  private boolean beginsBlock(int i) {
    return i + 1 < items.size()
        && items.get(i).layer() instanceof Activation
        && items.get(i + 1).layer() instanceof Residual r
        && r.body() instanceof Sequential s
        && !s.layers().isEmpty()
        && s.layers().get(s.layers().size() - 1) instanceof Conv2d;
  }

  private void inline(Layer layer, String path) {
    if (layer instanceof Sequential s) {
      for (int i = 0; i < s.layers().size(); i++) {
        inline(s.layers().get(i), path.isEmpty() ? "" + i : path + "." + i);
      }
    } else {
      items.add(new Item(path, layer));
    }
  }

  private void single(Item item, boolean onlyDense) {
    if (item.layer() instanceof Conv2d) {
      names.put(item.path(), List.of("conv" + ++convs));
    } else if (item.layer() instanceof BatchNorm2d) {
      names.put(item.path(), List.of("bn" + ++norms));
    } else if (item.layer() instanceof Dense) {
      denses++;
      names.put(
          item.path(),
          onlyDense
              ? List.of("fc", "linear", "classifier", "head", "fc1", "linear1")
              : List.of("fc" + denses, "linear" + denses));
    }
  }

  private void block(String path, Residual r, String pending) {
    TorchNames body = new TorchNames();
    body.inline(r.body(), path + ".body");
    int out =
        body.items.stream()
            .filter(i -> i.layer() instanceof Conv2d)
            .mapToInt(i -> ((Conv2d) i.layer()).out())
            .reduce(channels, (a, b) -> b);
    block = out == channels ? block + 1 : 0;
    stage += out == channels ? 0 : 1;
    channels = out;
    List<String> blocks =
        List.of("layer" + stage + "." + block, "block" + stage + ".layer." + block);
    if (pending != null) {
      body.norms++;
      names.put(pending, under(blocks, "bn1"));
    }
    for (Item i : body.items) {
      body.single(i, false);
    }
    body.names.forEach((at, name) -> names.put(at, under(blocks, name.get(0))));
    shortcut(path + ".shortcut", r.shortcut(), blocks);
  }

  private void shortcut(String path, Layer layer, List<String> blocks) {
    if (layer instanceof Sequential s) {
      for (int i = 0; i < s.layers().size(); i++) {
        names.put(path + "." + i, under(blocks, "shortcut." + i, "downsample." + i));
      }
    } else {
      names.put(path, under(blocks, "shortcut.0", "downsample.0", "convShortcut", "shortcut"));
    }
  }

  private static List<String> under(List<String> blocks, String... modules) {
    List<String> all = new ArrayList<>();
    for (String b : blocks) {
      for (String m : modules) {
        all.add(b + "." + m);
      }
    }
    return all;
  }
}
