@NullMarked
package io.kappa.router.admission;

import org.jspecify.annotations.NullMarked;
