/** Mappings whose source is read in order, partition by partition: Kafka, Kinesis, DynamoDB and FIFO queues. The door is {@code StreamPoller}. */
@NullMarked
package io.kappa.mapper.stream;

import org.jspecify.annotations.NullMarked;
