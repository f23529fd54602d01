@NullMarked
package io.kappa.router.logs.reading;

import org.jspecify.annotations.NullMarked;
