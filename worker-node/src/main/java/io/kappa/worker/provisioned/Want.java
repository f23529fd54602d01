package io.kappa.worker.provisioned;

import io.kappa.contracts.worker.Ability;
import io.kappa.worker.environment.EnvironmentKey;
import java.time.Instant;

/**
 * Environments of one deployment of a version that are to be kept ready, somewhere.
 *
 * @param since when that was asked for: where not everything fits, what was asked for first comes first
 * @param megabytes of each
 * @param count at least 1
 */
record Want(EnvironmentKey key, Instant since, Ability needed, int megabytes, int count) {}
