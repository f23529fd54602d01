/** What operators see of the queue and do with it. The door is {@code QueueControl}. */
@NullMarked
package io.kappa.asyncqueue.control;

import org.jspecify.annotations.NullMarked;
