@NullMarked
package io.kappa.asyncqueue.schedule;

import org.jspecify.annotations.NullMarked;
