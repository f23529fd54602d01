@NullMarked
package io.kappa.contracts.layer;

import org.jspecify.annotations.NullMarked;
