/** Accepted events until they have ended. The door is {@code AsyncQueueService}. */
@NullMarked
package io.kappa.asyncqueue;

import org.jspecify.annotations.NullMarked;
