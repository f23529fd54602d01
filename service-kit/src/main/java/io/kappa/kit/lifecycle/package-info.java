/** Starting in order and stopping in reverse. The door is {@code Lifecycle}. */
@NullMarked
package io.kappa.kit.lifecycle;

import org.jspecify.annotations.NullMarked;
