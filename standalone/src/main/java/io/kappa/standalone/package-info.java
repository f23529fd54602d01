/** The whole platform in one process, as one starts it on a laptop. The door is {@code Kappa}, the command line. */
@NullMarked
package io.kappa.standalone;

import org.jspecify.annotations.NullMarked;
