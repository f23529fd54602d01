/** The Lambda HTTP API: operations, validation and wire shapes. The door is {@code ApiServer}. */
@NullMarked
package io.kappa.router.api;

import org.jspecify.annotations.NullMarked;
