@NullMarked
package io.kappa.router.logs;

import org.jspecify.annotations.NullMarked;
