/** Fixtures for the tests of other modules. The doors are {@code KafkaInThisJvm} and {@code TurnedClock}. */
@NullMarked
package io.kappa.testkit;

import org.jspecify.annotations.NullMarked;
