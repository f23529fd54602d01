/** What requests may hold, as data, and the reading and checking of requests by it. The doors are {@code Shape} and {@code Input}. */
@NullMarked
package io.kappa.router.api.shape;

import org.jspecify.annotations.NullMarked;
