/** The worker node as a whole, with a real Kafka. */
@NullMarked
package io.kappa.worker;

import org.jspecify.annotations.NullMarked;
