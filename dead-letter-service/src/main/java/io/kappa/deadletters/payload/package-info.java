/** Payloads of dead letters: reading them where they lie, and editing them. The doors are {@code PayloadReader} and {@code PayloadEdit}. */
@NullMarked
package io.kappa.deadletters.payload;

import org.jspecify.annotations.NullMarked;
