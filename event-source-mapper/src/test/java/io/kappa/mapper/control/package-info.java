@NullMarked
package io.kappa.mapper.control;

import org.jspecify.annotations.NullMarked;
