/**
 * Fixtures for the tests of other modules. The doors are {@code KafkaInThisJvm}, {@code SecuredKafka}, {@code ThreeBrokers},
 * {@code S3Server}, {@code TurnedClock} and {@code MapTable}.
 */
@NullMarked
package io.kappa.testkit;

import org.jspecify.annotations.NullMarked;
