/** Tests of starting, stopping and the command line. */
@NullMarked
package io.kappa.standalone;

import org.jspecify.annotations.NullMarked;
