/**
 * Kafka Streams as the services use it, for those that have {@code kafka-streams} among their own dependencies. The doors are {@code
 * StreamsApplication}, which runs a topology, and {@code Table}, in which a processor keeps what it knows.
 */
@NullMarked
package io.kappa.kit.streams;

import org.jspecify.annotations.NullMarked;
