@NullMarked
package io.kappa.contracts.metering;

import org.jspecify.annotations.NullMarked;
