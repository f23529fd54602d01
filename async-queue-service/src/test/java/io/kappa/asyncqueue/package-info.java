@NullMarked
package io.kappa.asyncqueue;

import org.jspecify.annotations.NullMarked;
