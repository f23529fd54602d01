@NullMarked
package io.kappa.mapper.filter;

import org.jspecify.annotations.NullMarked;
