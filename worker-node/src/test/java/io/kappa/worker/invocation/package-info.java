/** Invocations as routers bring them. */
@NullMarked
package io.kappa.worker.invocation;

import org.jspecify.annotations.NullMarked;
