/** Lines of functions and of the platform about them, as records. */
@NullMarked
package io.kappa.contracts.log;

import org.jspecify.annotations.NullMarked;
