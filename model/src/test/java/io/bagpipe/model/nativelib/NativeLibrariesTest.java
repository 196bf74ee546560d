package io.bagpipe.model.nativelib;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
  private static final String ZEN_3 = "fpu sse2 avx f16c movbe fma avx2 bmi1 bmi2 sha_ni";
  private static final String ZEN_4 = ZEN_3 + " avx512f avx512dq avx512cd avx512bw avx512vl";

  @Test
  void theBuildIsTheBestTheCpuCanRun() {
    assertThat(NativeLibraries.extension(flags(ZEN_4))).isEqualTo("-avx512");
    assertThat(NativeLibraries.extension(flags(ZEN_3))).isEqualTo("-avx2");
    assertThat(NativeLibraries.extension(flags("fpu sse2 avx"))).isEmpty();
    assertThat(NativeLibraries.extension(Set.of())).isEmpty();
  }

  @Test
  void halfOfAvx512IsNotEnough() {
    assertThat(NativeLibraries.extension(flags(ZEN_3 + " avx512f avx512cd"))).isEqualTo("-avx2");
  }

  private static Set<String> flags(String names) {
    return new HashSet<>(Arrays.asList(names.split(" ")));
  }
}
