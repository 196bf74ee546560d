package io.bagpipe.model.data;

/**
 * Which part of a data set. IDX directories bring their own held-out files (t10k); of anything else
 * a fixed tenth is held out, chosen by a hash of the id.
 */
public enum Split {
  TRAIN,
  HELD_OUT,
  ALL
}
