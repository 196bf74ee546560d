package io.bagpipe.streams.reference;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP server said.
 *
 * @param header its value by name; null: there is none
 * @param body only of an answer with status 200; else empty
 */
record Answer(int status, Function<String, @Nullable String> header, byte[] body) {}
