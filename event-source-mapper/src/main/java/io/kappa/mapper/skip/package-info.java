/** Records that operators have passed over. The door is {@code Skips}. */
@NullMarked
package io.kappa.mapper.skip;

import org.jspecify.annotations.NullMarked;
