/** Requests are read and checked as the service model says. */
@NullMarked
package io.kappa.router.api.shape;

import org.jspecify.annotations.NullMarked;
