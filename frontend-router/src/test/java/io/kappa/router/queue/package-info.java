@NullMarked
package io.kappa.router.queue;

import org.jspecify.annotations.NullMarked;
