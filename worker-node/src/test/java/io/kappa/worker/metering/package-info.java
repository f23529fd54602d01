/** Claims about function logs. */
@NullMarked
package io.kappa.worker.metering;

import org.jspecify.annotations.NullMarked;
