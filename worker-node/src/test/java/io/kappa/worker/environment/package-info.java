/** Execution environments on an event loop that tests turn by hand, with sandboxes and runtimes that do what tests say. */
@NullMarked
package io.kappa.worker.environment;

import org.jspecify.annotations.NullMarked;
