@NullMarked
package io.kappa.access.image;

import org.jspecify.annotations.NullMarked;
