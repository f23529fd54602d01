/** What failed for good, and what becomes of it when it is sent again. The door is {@code DeadLetter}. */
@NullMarked
package io.kappa.contracts.deadletter;

import org.jspecify.annotations.NullMarked;
