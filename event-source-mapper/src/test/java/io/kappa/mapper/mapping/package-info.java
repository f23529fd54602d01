@NullMarked
package io.kappa.mapper.mapping;

import org.jspecify.annotations.NullMarked;
