@NullMarked
package io.kappa.access.router;

import org.jspecify.annotations.NullMarked;
