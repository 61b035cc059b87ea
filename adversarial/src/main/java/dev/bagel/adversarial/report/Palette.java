package dev.bagel.adversarial.report;

/**
 * The colours of pages and charts, for light and dark, in one place. The five tones are from Okabe
 * and Ito's palette, which the colour-blind can tell apart; no line is told by its colour alone.
 */
public final class Palette {
  /** Style rules for a page, or for an SVG that stands alone. */
  public static final String CSS =
      """
      :root {
        --paper: #fbfaf7; --card: #ffffff; --ink: #1c1b1a; --soft: #66625c; --rule: #dedad2;
        --noise: #00805e; --fgsm: #b26a00; --pgd: #c0392b; --wrong: #c0392b;
        --plain: #8a4684; --hardened: #0b62a4;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --paper: #15161a; --card: #1d1f24; --ink: #ece9e3; --soft: #a29d94; --rule: #34363d;
          --noise: #3ecf9f; --fgsm: #f0ac3c; --pgd: #ff8068; --wrong: #ff8068;
          --plain: #dd98cf; --hardened: #64b5f6;
        }
      }
      .chart text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--soft); }
      .chart .middle { text-anchor: middle; }
      .chart .end { text-anchor: end; }
      .chart .tick { font-variant-numeric: tabular-nums; }
      .chart .grid { stroke: var(--rule); stroke-width: 1; }
      .chart .axis { stroke: var(--soft); stroke-width: 1; }
      .chart .mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
      .chart .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round; }
      .chart .name { font-weight: 650; font-size: 13px; }
      .line.noise { stroke: var(--noise); } .dot.noise, .chart .name.noise { fill: var(--noise); }
      .line.fgsm { stroke: var(--fgsm); } .dot.fgsm, .chart .name.fgsm { fill: var(--fgsm); }
      .line.pgd { stroke: var(--pgd); } .dot.pgd, .chart .name.pgd { fill: var(--pgd); }
      .line.deepfool { stroke: var(--hardened); }
      .dot.deepfool, .chart .name.deepfool { fill: var(--hardened); }
      .line.plain { stroke: var(--plain); } .dot.plain, .chart .name.plain { fill: var(--plain); }
      .line.hardened { stroke: var(--hardened); }
      .dot.hardened, .chart .name.hardened { fill: var(--hardened); }
      """;

  private Palette() {}
}
