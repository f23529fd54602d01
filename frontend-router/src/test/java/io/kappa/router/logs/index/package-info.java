@NullMarked
package io.kappa.router.logs.index;

import org.jspecify.annotations.NullMarked;
