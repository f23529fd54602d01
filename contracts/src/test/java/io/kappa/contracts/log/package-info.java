@NullMarked
package io.kappa.contracts.log;

import org.jspecify.annotations.NullMarked;
