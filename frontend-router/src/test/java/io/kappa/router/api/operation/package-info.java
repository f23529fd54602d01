/** Every operation is found by its method and path. */
@NullMarked
package io.kappa.router.api.operation;

import org.jspecify.annotations.NullMarked;
