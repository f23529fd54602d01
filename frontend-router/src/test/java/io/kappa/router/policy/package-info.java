@NullMarked
package io.kappa.router.policy;

import org.jspecify.annotations.NullMarked;
