/** Who is next, and how many at once. The door is {@code Schedule}. */
@NullMarked
package io.kappa.asyncqueue.schedule;

import org.jspecify.annotations.NullMarked;
