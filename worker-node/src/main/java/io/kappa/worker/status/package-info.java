/** What this worker says of itself to the routers. The door is {@code StatusReporter}. */
@NullMarked
package io.kappa.worker.status;

import org.jspecify.annotations.NullMarked;
