@NullMarked
package io.kappa.asyncqueue.record;

import org.jspecify.annotations.NullMarked;
