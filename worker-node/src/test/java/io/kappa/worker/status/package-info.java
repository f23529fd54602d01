/** What a worker says of itself, and when. */
@NullMarked
package io.kappa.worker.status;

import org.jspecify.annotations.NullMarked;
