/** The operations on event source mappings. The door is {@code MappingEndpoints}. */
@NullMarked
package io.kappa.router.api.mapping;

import org.jspecify.annotations.NullMarked;
