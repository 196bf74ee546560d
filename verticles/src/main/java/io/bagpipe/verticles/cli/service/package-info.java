/**
 * The service from outside: {@code run} it, look before whether it can ({@code config}, {@code
 * doctor}), and afterwards whether it kept its word ({@code audit}).
 */
@NullMarked
package io.bagpipe.verticles.cli.service;

import org.jspecify.annotations.NullMarked;
