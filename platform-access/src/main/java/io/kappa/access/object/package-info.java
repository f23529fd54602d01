/** Objects in S3, for whoever reads or writes some. The door is {@code ObjectStorage}. */
@NullMarked
package io.kappa.access.object;

import org.jspecify.annotations.NullMarked;
