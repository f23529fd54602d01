@NullMarked
package io.kappa.mapper.event;

import org.jspecify.annotations.NullMarked;
