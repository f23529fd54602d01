/** What operators see of worker nodes. */
@NullMarked
package io.kappa.router.control;

import org.jspecify.annotations.NullMarked;
