@NullMarked
package io.kappa.router.usage;

import org.jspecify.annotations.NullMarked;
