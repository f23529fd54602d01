@NullMarked
package io.kappa.worker.snapshot;

import org.jspecify.annotations.NullMarked;
