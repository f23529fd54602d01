@NullMarked
package io.kappa.mapper.stream;

import org.jspecify.annotations.NullMarked;
