/** Where accepted events go, to be invoked later by whoever reads the queue. The door is {@code EventQueue}. */
@NullMarked
package io.kappa.router.queue;

import org.jspecify.annotations.NullMarked;
