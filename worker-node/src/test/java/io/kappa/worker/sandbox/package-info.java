/** Claims about sandboxes. What every kind must do is in {@code SandboxContract}. */
@NullMarked
package io.kappa.worker.sandbox;

import org.jspecify.annotations.NullMarked;
