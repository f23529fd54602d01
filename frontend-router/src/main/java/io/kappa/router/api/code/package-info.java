/** Takes in the packages that functions and layers are made from, wherever a request has them. The door is {@code CodeIntake}. */
@NullMarked
package io.kappa.router.api.code;

import org.jspecify.annotations.NullMarked;
