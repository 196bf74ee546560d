package io.bagpipe.model.engine;

import java.util.List;
import java.util.Optional;

/**
 * Makes student engines of one kind. Found by {@link java.util.ServiceLoader}: a module names its
 * implementation in {@code META-INF/services/io.bagpipe.model.engine.StudentEngineProvider}. Until
 * {@link #create} is called a provider loads nothing native and sets nothing of the process; what
 * its library needs set (which build, threads, default types) it sets there. Any thread, except
 * {@link #create}, which is called on the thread that will train.
 *
 * <p>Whoever writes one inherits the contract's tests, {@code StudentEngineContract}.
 */
public interface StudentEngineProvider {
  /** As {@code student.engine} names it; lower case. */
  String name();

  /**
   * {@code auto} takes the highest of those that can run on such a device: ours have 30 on a GPU of
   * today (torch), 20 on a CPU (onednn), 10 (nd4j) and 5 (torch on a CPU). May look as {@link
   * #obstacle} does.
   */
  int priority(Device device);

  /**
   * Why this machine and this build cannot run it on such a device, in words that end with what to
   * do; empty where they can. May look at the CPU's flags or ask a driver's tool, never load one.
   */
  Optional<String> obstacle(Device device);

  /** What {@link EngineOptions#precision} may be on such a device; the first is the usual. */
  List<String> precisions(Device device);

  /**
   * Makes an engine on the calling thread, which is its training thread from here on. Its weights
   * are anything: {@link StudentEngines#create} loads those of the request's seed.
   *
   * @param options with a device that has no {@link #obstacle}, and one of its {@link #precisions}
   */
  StudentEngine create(EngineRequest request, EngineOptions options);
}
