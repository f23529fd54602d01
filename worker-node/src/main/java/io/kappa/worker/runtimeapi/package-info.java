/** The Runtime API that a runtime process polls, one endpoint an environment. The door is {@code RuntimeApiEndpoint}. */
@NullMarked
package io.kappa.worker.runtimeapi;

import org.jspecify.annotations.NullMarked;
