/**
 * The configuration: built-in defaults, then what a command prefers, then one YAML file, then the
 * environment, then {@code --set}; parsed once at the top into nested records that do not change.
 */
@NullMarked
package io.bagpipe.verticles.config;

import org.jspecify.annotations.NullMarked;
