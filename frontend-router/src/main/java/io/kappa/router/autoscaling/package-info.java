/** By what rules provisioned concurrency is scaled: when scheduled actions are due, and what use asks for. Pure: time and use come in as arguments. */
@NullMarked
package io.kappa.router.autoscaling;

import org.jspecify.annotations.NullMarked;
