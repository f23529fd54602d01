@NullMarked
package io.kappa.contracts.invocation;

import org.jspecify.annotations.NullMarked;
