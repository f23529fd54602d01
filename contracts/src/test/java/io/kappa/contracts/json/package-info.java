@NullMarked
package io.kappa.contracts.json;

import org.jspecify.annotations.NullMarked;
