/** Standard queues: topics read by share groups, with SQS's rules on top. The door is {@code QueuePoller}. */
@NullMarked
package io.kappa.mapper.queue;

import org.jspecify.annotations.NullMarked;
