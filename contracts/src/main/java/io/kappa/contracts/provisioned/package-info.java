/** What routers tell of the use of provisioned concurrency. */
@NullMarked
package io.kappa.contracts.provisioned;

import org.jspecify.annotations.NullMarked;
