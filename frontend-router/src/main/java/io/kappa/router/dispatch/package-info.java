/** Running invocations on worker nodes. The door is {@code Dispatcher}. */
@NullMarked
package io.kappa.router.dispatch;

import org.jspecify.annotations.NullMarked;
