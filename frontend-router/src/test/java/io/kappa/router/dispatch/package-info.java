/** Choosing workers and running invocations on them, with workers made up by the tests. */
@NullMarked
package io.kappa.router.dispatch;

import org.jspecify.annotations.NullMarked;
