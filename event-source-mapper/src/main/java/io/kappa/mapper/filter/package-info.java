/** Which records a mapping lets through. The door is {@code RecordFilter}. */
@NullMarked
package io.kappa.mapper.filter;

import org.jspecify.annotations.NullMarked;
