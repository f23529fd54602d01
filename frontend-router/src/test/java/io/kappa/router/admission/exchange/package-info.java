@NullMarked
package io.kappa.router.admission.exchange;

import org.jspecify.annotations.NullMarked;
