/** Execution environments, their life and their pool. The door is {@code EnvironmentPool}. */
@NullMarked
package io.kappa.worker.environment;

import org.jspecify.annotations.NullMarked;
