/** Event source mappings: records of topics, in batches, to functions. The door is {@code EventSourceMapper}. */
@NullMarked
package io.kappa.mapper;

import org.jspecify.annotations.NullMarked;
