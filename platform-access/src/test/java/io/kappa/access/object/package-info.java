@NullMarked
package io.kappa.access.object;

import org.jspecify.annotations.NullMarked;
