/** Kafka clients as every service uses them. The doors are {@code KafkaSettings} and {@code TopicReader}. */
@NullMarked
package io.kappa.kit.kafka;

import org.jspecify.annotations.NullMarked;
