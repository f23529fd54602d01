/** Tests of the package of this name. */
@NullMarked
package io.kappa.kit.lifecycle;

import org.jspecify.annotations.NullMarked;
