/** How far workers have come with what is to be kept ready. The door is {@code ProvisionedConcurrency}. */
@NullMarked
package io.kappa.router.provisioning;

import org.jspecify.annotations.NullMarked;
