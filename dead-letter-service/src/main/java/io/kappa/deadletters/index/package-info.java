/** What failed for good, found again, sent again and forgotten: one owner a partition, in Kafka Streams. The door is {@code DeadLetterIndex}. */
@NullMarked
package io.kappa.deadletters.index;

import org.jspecify.annotations.NullMarked;
