/** The Lambda HTTP API, shown over sockets with a registry in memory and a worker that says what the test wants. */
@NullMarked
package io.kappa.router.api;

import org.jspecify.annotations.NullMarked;
