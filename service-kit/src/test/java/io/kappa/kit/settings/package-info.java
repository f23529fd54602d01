/** Tests of the package of this name. */
@NullMarked
package io.kappa.kit.settings;

import org.jspecify.annotations.NullMarked;
