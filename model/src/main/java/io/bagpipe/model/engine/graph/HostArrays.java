package io.bagpipe.model.engine.graph;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Where ND4J's arrays lie. Addresses are the host's, so for ND4J's CPU backend only. */
public final class HostArrays {
  private HostArrays() {}

  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }

  /** The first value of an array in C order; a view's buffer says where the whole begins. */
  public static long address(INDArray array) {
    return array.data().address() + Float.BYTES * array.offset();
  }

  /** The values in place; the array stays their owner. */
  public static FloatPointer floats(INDArray array) {
    return new FloatPointer(new Address(address(array))).capacity(array.length());
  }

  /** A view of a part of a vector, on any backend. */
  public static INDArray part(INDArray flat, long from, long size) {
    return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, from + size));
  }
}
