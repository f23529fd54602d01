/** Accepted events and how they end: what stands in the topics of asynchronous invocation. The door is {@code QueuedEvent}. */
@NullMarked
package io.kappa.contracts.invocation;

import org.jspecify.annotations.NullMarked;
