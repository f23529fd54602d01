/** The dead-letter service: its settings and how it is put together. */
@NullMarked
package io.kappa.deadletters;

import org.jspecify.annotations.NullMarked;
