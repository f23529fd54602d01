/** What functions print and what the platform says of them, on its way to the log topic. The door is {@code FunctionLogs}. */
@NullMarked
package io.kappa.worker.log;

import org.jspecify.annotations.NullMarked;
