package io.bagpipe.model.nativelib;

import org.bytedeco.javacpp.Pointer;

/** Memory outside the Java heap, as JavaCPP counts it. Any thread. */
public final class NativeMemory {
  private NativeMemory() {}

  /** Bytes that the native libraries' arrays take now: parameters, activations, the index. */
  public static long allocatedBytes() {
    return Pointer.totalBytes();
  }

  /** Bytes of this process in physical memory, heap included: what a container's limit counts. */
  public static long residentBytes() {
    return Pointer.physicalBytes();
  }
}
