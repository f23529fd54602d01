@NullMarked
package io.kappa.mapper.invoke;

import org.jspecify.annotations.NullMarked;
