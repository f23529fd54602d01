/** Where routers bring invocations. The door is {@code InvocationServer}. */
@NullMarked
package io.kappa.worker.invocation;

import org.jspecify.annotations.NullMarked;
