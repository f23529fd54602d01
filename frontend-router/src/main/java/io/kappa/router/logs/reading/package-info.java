/** Reading lines out of the log topic, a bounded part at a time. The door is {@code LogLines}. */
@NullMarked
package io.kappa.router.logs.reading;

import org.jspecify.annotations.NullMarked;
