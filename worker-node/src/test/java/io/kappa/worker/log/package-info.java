/** Claims about function logs. */
@NullMarked
package io.kappa.worker.log;

import org.jspecify.annotations.NullMarked;
