/** One partition's events: rules, state, and the Kafka Streams application that keeps both true. The door is {@code ShardStream}. */
@NullMarked
package io.kappa.asyncqueue.shard;

import org.jspecify.annotations.NullMarked;
