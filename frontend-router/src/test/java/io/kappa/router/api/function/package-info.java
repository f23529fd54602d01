/** The rules about functions, one by one. */
@NullMarked
package io.kappa.router.api.function;

import org.jspecify.annotations.NullMarked;
