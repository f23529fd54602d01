@NullMarked
package io.kappa.contracts.destination;

import org.jspecify.annotations.NullMarked;
