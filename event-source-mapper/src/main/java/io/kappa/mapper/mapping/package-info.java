/** What is configured, put into effect: pollers started, stopped and changed as the registry says. The door is {@code Mappings}. */
@NullMarked
package io.kappa.mapper.mapping;

import org.jspecify.annotations.NullMarked;
