package io.bagpipe.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bagpipe.model.engine.Device;
import org.junit.jupiter.api.Test;

class OutOfDeviceMemoryTest {
  @Test
  void theHostsAllocatorEndsInALineThatSaysWhatToLower() {
    TorchLibrary.load();
    try (TorchDevice device = new TorchDevice(Device.CPU)) {
      assertThatThrownBy(() -> device.scoped(() -> device.zeroed(1L << 50)))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessage(
              "out of memory on cpu, where 4503599627370496 bytes more were asked for: lower"
                  + " train.batch, train.queue or views.size");

      // anything else stays what it is
      assertThatThrownBy(() -> device.scoped(() -> device.zeroed(-1)))
          .isInstanceOf(RuntimeException.class)
          .hasMessageContaining("negative");
    }
  }

  @Test
  void aGpusAllocatorDoesToo() {
    RuntimeException thrown =
        new RuntimeException(
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10"
                + " GiB of which 1.02 GiB is free.\nException raised from malloc at ...");
    assertThatThrownBy(
            () ->
                OutOfDeviceMemory.translated(
                    thrown, Device.of("cuda:1"), OutOfDeviceMemory.cure(Device.of("cuda:1"))))
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage(
            "out of memory on cuda:1, where 2.00 GiB more were asked for: lower train.batch,"
                + " train.queue or views.size, or set student.precision to bf16")
        .hasCause(thrown);
    RuntimeException other = new IllegalArgumentException("a size");
    assertThat(OutOfDeviceMemory.translated(other, Device.CPU, "")).isSameAs(other);
  }
}
