@NullMarked
package io.kappa.mapper.handover;

import org.jspecify.annotations.NullMarked;
