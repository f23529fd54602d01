/** Calls of functions, through the door that everybody uses: the router. The door is {@code Routers}. */
@NullMarked
package io.kappa.access.router;

import org.jspecify.annotations.NullMarked;
