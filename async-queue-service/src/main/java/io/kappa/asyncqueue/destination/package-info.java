/** News of ended events for users' destinations: the records, and their way to topics. The door is {@code TopicDeliveries}. */
@NullMarked
package io.kappa.asyncqueue.destination;

import org.jspecify.annotations.NullMarked;
