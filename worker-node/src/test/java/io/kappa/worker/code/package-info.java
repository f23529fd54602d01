/** Claims about deployment packages on disk. {@code Zips} makes them. */
@NullMarked
package io.kappa.worker.code;

import org.jspecify.annotations.NullMarked;
