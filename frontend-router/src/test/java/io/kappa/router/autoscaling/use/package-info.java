@NullMarked
package io.kappa.router.autoscaling.use;

import org.jspecify.annotations.NullMarked;
