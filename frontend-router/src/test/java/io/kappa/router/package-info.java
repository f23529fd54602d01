/** The whole router with a real Kafka and a worker that says what the test wants. */
@NullMarked
package io.kappa.router;

import org.jspecify.annotations.NullMarked;
