/** Attempts at running events, through the routers. The door is {@code Attempts}. */
@NullMarked
package io.kappa.asyncqueue.attempt;

import org.jspecify.annotations.NullMarked;
