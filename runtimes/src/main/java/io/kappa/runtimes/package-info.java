/** The runtimes that this machine can run functions with. The door is {@code RuntimeCatalogue}. */
@NullMarked
package io.kappa.runtimes;

import org.jspecify.annotations.NullMarked;
