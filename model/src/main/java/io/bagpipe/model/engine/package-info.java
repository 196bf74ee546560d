/**
 * Engines that run and train a student network: the contract, the choice, and no computing.
 *
 * <p>Read first {@link io.bagpipe.model.engine.StudentEngine}, then {@link
 * io.bagpipe.model.engine.StudentEngines}, which chooses a {@link
 * io.bagpipe.model.engine.StudentEngineProvider} by {@link io.bagpipe.model.engine.EngineOptions}
 * and makes an engine for an {@link io.bagpipe.model.engine.EngineRequest}.
 *
 * <pre>
 *   objective, trainer, evaluation        speak to StudentEngine, NegativeQueue, FlatVector
 *      engine                             this room
 *        engine.graph                     a student as Deeplearning4j's graph over ND4J's arrays
 *          engine.onednn  engine.nd4j     what computes it; each has its provider
 *        engine.torch                     a student in libtorch's operations, by itself; its provider
 *             nativelib                   oneDNN's owner, ND4J's build
 * </pre>
 *
 * <p>Owners: whoever makes an engine closes it, on the thread that made it; a queue of negatives is
 * its asker's and closes before its engine; arrays that cross this border are copies, except {@link
 * io.bagpipe.model.engine.FlatVector}, which is the engine's memory. Threads: one, the training
 * thread, for everything but the choice. Process-wide settings are the providers', made in {@code
 * create}.
 *
 * <p>A new engine: implement the provider in a room or a module of its own, name it in {@code
 * META-INF/services}, inherit {@code StudentEngineContract} in its tests. Nothing here changes.
 */
@NullMarked
package io.bagpipe.model.engine;

import org.jspecify.annotations.NullMarked;
