/** Tests of the broker, through Kafka's own clients. */
@NullMarked
package io.kappa.kafka;

import org.jspecify.annotations.NullMarked;
