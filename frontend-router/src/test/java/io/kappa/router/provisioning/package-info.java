@NullMarked
package io.kappa.router.provisioning;

import org.jspecify.annotations.NullMarked;
