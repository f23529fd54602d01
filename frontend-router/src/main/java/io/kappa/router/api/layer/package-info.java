/** The operations on layers. The door is {@code LayerEndpoints}. */
@NullMarked
package io.kappa.router.api.layer;

import org.jspecify.annotations.NullMarked;
