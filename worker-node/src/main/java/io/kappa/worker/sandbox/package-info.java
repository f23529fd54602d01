/** What isolates a runtime process from the machine and from others. The door is {@code Sandboxes}. */
@NullMarked
package io.kappa.worker.sandbox;

import org.jspecify.annotations.NullMarked;
