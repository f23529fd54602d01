/** The Runtime API as runtimes see it, over real sockets. {@code RuntimeClient} is a runtime's side, written by hand. */
@NullMarked
package io.kappa.worker.runtimeapi;

import org.jspecify.annotations.NullMarked;
