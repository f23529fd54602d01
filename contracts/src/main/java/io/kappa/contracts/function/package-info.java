/** Names, versions and configuration of functions, as every service and record spells them. */
@NullMarked
package io.kappa.contracts.function;

import org.jspecify.annotations.NullMarked;
