/** Settings from files, the environment and the command line. The door is {@code Settings}. */
@NullMarked
package io.kappa.kit.settings;

import org.jspecify.annotations.NullMarked;
