@NullMarked
package io.kappa.asyncqueue.control;

import org.jspecify.annotations.NullMarked;
