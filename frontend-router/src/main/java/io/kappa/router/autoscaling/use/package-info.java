/** How much of provisioned concurrency this router uses, measured and told to the owner of the account. The doors are {@code ProvisionedUse} and {@code UseReporter}. */
@NullMarked
package io.kappa.router.autoscaling.use;

import org.jspecify.annotations.NullMarked;
