package io.bagpipe.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.bagpipe.model.image.PixelNormalizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.Test;

class PixelInputTest {
  private static final int SIZE = 16;

  @Test
  void givesTheNormalizersValuesBitForBitAtEveryLevel() {
    // given every level in every colour
    byte[] pixels = new byte[SIZE * SIZE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / 3);
    }
    float[] expected = new float[pixels.length];
    PixelNormalizer.IMAGENET.toPlanes(pixels, 0, pixels.length, expected, 0);
    TorchLibrary.load();

    try (TorchDevice device = new TorchDevice(TestDevice.DEVICE);
        PixelInput input =
            device.scoped(() -> new PixelInput(SIZE, 1, PixelNormalizer.IMAGENET, device))) {
      float[] actual = new float[pixels.length];
      boolean channelsLast =
          device.scoped(
              () -> {
                Tensor normalised = input.normalised(pixels, 0, 1);
                TorchDevice.read(normalised, actual, 0, actual.length);
                return normalised.is_contiguous(MemoryFormat.ChannelsLast);
              });

      assertThat(actual).isEqualTo(expected);
      assertThat(channelsLast).isTrue();
    }
  }
}
