/** The operations of the Lambda API, how requests name them and what answers them. The doors are {@code Operation} and {@code Endpoint}. */
@NullMarked
package io.kappa.router.api.operation;

import org.jspecify.annotations.NullMarked;
