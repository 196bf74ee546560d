package io.bagpipe.verticles.cli.student;

/** What the paper has to say, for whoever compares. */
final class Published {
  /**
   * BINGO (Xu et al., ICLR 2022, arXiv 2107.01691): ImageNet-1k, linear evaluation, top-1 in per
   * cent; below, fine-tuning of ResNet-18 on few labels.
   */
  static final String TABLE =
      """
      | teacher (its own top-1) | method | ResNet-18 | ResNet-34 |
      | --- | --- | --- | --- |
      | none | MoCo v2 | 52.5 | 57.4 |
      | ResNet-50 (67.4) | SEED | 57.6 | 58.5 |
      | ResNet-50 (67.4) | BINGO | 61.4 | 63.5 |
      | ResNet-152 (74.1) | SEED | 59.5 | 62.7 |
      | ResNet-152 (74.1) | BINGO | 65.9 | 69.1 |
      | ResNet-50x2 (77.3) | SEED | 63.0 | 65.7 |
      | ResNet-50x2 (77.3) | BINGO | 65.5 | 68.9 |

      ResNet-18 fine-tuned on 1 % / 10 % of the labels: MoCo v2 30.9 / 45.8, SEED 44.3 / 54.8, BINGO 50.3 / 61.2.
      """;

  private Published() {}
}
