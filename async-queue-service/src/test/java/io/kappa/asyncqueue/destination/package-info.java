@NullMarked
package io.kappa.asyncqueue.destination;

import org.jspecify.annotations.NullMarked;
