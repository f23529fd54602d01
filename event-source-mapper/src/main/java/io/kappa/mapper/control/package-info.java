/** What operators see of event source mappings and do with them. The door is {@code MappingControl}. */
@NullMarked
package io.kappa.mapper.control;

import org.jspecify.annotations.NullMarked;
