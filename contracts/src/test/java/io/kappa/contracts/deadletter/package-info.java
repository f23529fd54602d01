@NullMarked
package io.kappa.contracts.deadletter;

import org.jspecify.annotations.NullMarked;
