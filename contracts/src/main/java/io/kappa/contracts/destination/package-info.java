/** Where results and failures go. The door is {@code Destination}. */
@NullMarked
package io.kappa.contracts.destination;

import org.jspecify.annotations.NullMarked;
