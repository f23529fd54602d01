/** Kafka clients as every service uses them. The doors are {@code KafkaSettings}, {@code TopicReader} and {@code ChunkReader}. */
@NullMarked
package io.kappa.kit.kafka;

import org.jspecify.annotations.NullMarked;
