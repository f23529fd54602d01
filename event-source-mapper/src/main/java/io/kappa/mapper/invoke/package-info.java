/** Calls of functions, through the door that everybody uses: the router. The door is {@code Invoker}. */
@NullMarked
package io.kappa.mapper.invoke;

import org.jspecify.annotations.NullMarked;
