/** What is counted of mappings, named as Lambda names it. The door is {@code MappingMetrics}. */
@NullMarked
package io.kappa.mapper.metrics;

import org.jspecify.annotations.NullMarked;
