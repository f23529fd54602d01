@NullMarked
package io.kappa.router.autoscaling;

import org.jspecify.annotations.NullMarked;
