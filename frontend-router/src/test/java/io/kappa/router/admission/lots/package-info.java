@NullMarked
package io.kappa.router.admission.lots;

import org.jspecify.annotations.NullMarked;
