@NullMarked
package io.kappa.router.registry;

import org.jspecify.annotations.NullMarked;
