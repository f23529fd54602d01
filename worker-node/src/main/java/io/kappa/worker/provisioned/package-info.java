/**
 * What provisioned concurrency has this worker keep ready, and how it comes to that. The door is {@code ProvisionedKeeper}; the rule by which
 * all workers divide the work is {@code ProvisionedPlan}.
 */
@NullMarked
package io.kappa.worker.provisioned;

import org.jspecify.annotations.NullMarked;
