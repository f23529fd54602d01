/** A real Kafka broker inside this process, for a laptop and for tests. The door is {@code EmbeddedKafka}. */
@NullMarked
package io.kappa.kafka;

import org.jspecify.annotations.NullMarked;
