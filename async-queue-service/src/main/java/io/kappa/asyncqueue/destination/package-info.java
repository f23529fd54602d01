/** News of ended events for users' destinations: the records, and their way to topics and buckets. The door is {@code Deliveries}. */
@NullMarked
package io.kappa.asyncqueue.destination;

import org.jspecify.annotations.NullMarked;
