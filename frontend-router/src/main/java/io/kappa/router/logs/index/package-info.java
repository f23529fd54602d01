/** Which log streams there are and where in the log topic their lines lie. The door is {@code LogStreams}. */
@NullMarked
package io.kappa.router.logs.index;

import org.jspecify.annotations.NullMarked;
