/** Typed settings from keys and values, with every problem reported at once. The door is {@code Settings}. */
@NullMarked
package io.kappa.kit.settings;

import org.jspecify.annotations.NullMarked;
