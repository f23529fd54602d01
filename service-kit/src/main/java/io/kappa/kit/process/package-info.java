/** A service as a process of its own. The door is {@code ServiceProcess}; {@code End} and {@code Explanation} serve other processes as well. */
@NullMarked
package io.kappa.kit.process;

import org.jspecify.annotations.NullMarked;
