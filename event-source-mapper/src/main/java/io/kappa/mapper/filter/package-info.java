/** Which records a mapping lets through. The doors are {@code RecordFilter} and {@code RecordFilters}. */
@NullMarked
package io.kappa.mapper.filter;

import org.jspecify.annotations.NullMarked;
