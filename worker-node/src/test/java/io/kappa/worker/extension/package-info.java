/** Extensions by themselves: what the roster decides, and what the API says to HTTP. */
@NullMarked
package io.kappa.worker.extension;

import org.jspecify.annotations.NullMarked;
