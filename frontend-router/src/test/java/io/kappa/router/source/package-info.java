@NullMarked
package io.kappa.router.source;

import org.jspecify.annotations.NullMarked;
