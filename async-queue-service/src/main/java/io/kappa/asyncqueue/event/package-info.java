/** Accepted events, what becomes of them, and what operators do with them, as the service's state and records have them. */
@NullMarked
package io.kappa.asyncqueue.event;

import org.jspecify.annotations.NullMarked;
