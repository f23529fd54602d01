@NullMarked
package io.kappa.contracts.worker;

import org.jspecify.annotations.NullMarked;
