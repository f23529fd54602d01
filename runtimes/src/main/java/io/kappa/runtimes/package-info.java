/**
 * The runtimes that this machine can run functions with: interpreters that are installed, and clients of the Runtime API
 * that are not. The door is {@link io.kappa.runtimes.InstalledRuntimes}, seen as a {@link
 * io.kappa.runtimes.RuntimeCatalogue}.
 */
@NullMarked
package io.kappa.runtimes;

import org.jspecify.annotations.NullMarked;
