/** The lines that functions have written, found again in the log topic. The door is {@code KeptLogs}. */
@NullMarked
package io.kappa.router.logs;

import org.jspecify.annotations.NullMarked;
