@NullMarked
package io.kappa.asyncqueue.policy;

import org.jspecify.annotations.NullMarked;
