package io.kappa.router.provisioning;

import io.kappa.contracts.function.VersionArn;
import io.kappa.router.dispatch.WorkerDirectory;

/** What this router's directory of workers says. Several workers' problems are one, divided by semicolons. */
public record WorkerReadiness(WorkerDirectory workers) implements ProvisionedReadiness {
    @Override
    public Ready of(VersionArn version, long generation) {
        var problems = workers.problems(version, generation);
        return new Ready(
                workers.provisioned(version, generation), problems.isEmpty() ? null : String.join("; ", problems));
    }
}
