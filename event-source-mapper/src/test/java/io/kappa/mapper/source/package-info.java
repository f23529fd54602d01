@NullMarked
package io.kappa.mapper.source;

import org.jspecify.annotations.NullMarked;
