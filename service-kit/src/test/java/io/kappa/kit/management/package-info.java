/** Tests of the package of this name. */
@NullMarked
package io.kappa.kit.management;

import org.jspecify.annotations.NullMarked;
