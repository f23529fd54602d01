@NullMarked
package io.kappa.contracts.registry;

import org.jspecify.annotations.NullMarked;
