@NullMarked
package io.kappa.contracts.function;

import org.jspecify.annotations.NullMarked;
