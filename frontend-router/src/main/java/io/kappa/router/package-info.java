/** The frontend router: its settings and how it is put together. */
@NullMarked
package io.kappa.router;

import org.jspecify.annotations.NullMarked;
