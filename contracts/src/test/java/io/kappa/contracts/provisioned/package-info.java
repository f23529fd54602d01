@NullMarked
package io.kappa.contracts.provisioned;

import org.jspecify.annotations.NullMarked;
