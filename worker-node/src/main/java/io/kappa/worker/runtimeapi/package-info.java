/**
 * The HTTP interface by which a runtime process asks for events and answers them: one listener for each execution environment. The door
 * is {@code RuntimeApi}, served by {@code RuntimeApiEndpoint}.
 */
@NullMarked
package io.kappa.worker.runtimeapi;

import org.jspecify.annotations.NullMarked;
