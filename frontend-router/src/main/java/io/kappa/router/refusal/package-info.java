/** Errors that the Lambda API answers with, as data. */
@NullMarked
package io.kappa.router.refusal;

import org.jspecify.annotations.NullMarked;
