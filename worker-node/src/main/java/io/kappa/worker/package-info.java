/** The worker node: its settings and how it is put together. */
@NullMarked
package io.kappa.worker;

import org.jspecify.annotations.NullMarked;
