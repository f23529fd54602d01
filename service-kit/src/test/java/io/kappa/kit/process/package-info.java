/** Tests of the package of this name. */
@NullMarked
package io.kappa.kit.process;

import org.jspecify.annotations.NullMarked;
