/** Telemetry by itself: what is asked for, kept, put together and delivered. */
@NullMarked
package io.kappa.worker.telemetry;

import org.jspecify.annotations.NullMarked;
