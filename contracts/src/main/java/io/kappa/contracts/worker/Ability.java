package io.kappa.contracts.worker;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.Deployment;
import java.util.Objects;

/** What a worker node has to be able to do to run a function. */
public sealed interface Ability {

    /** To start functions of a runtime. */
    record ManagedRuntime(RuntimeIdentifier identifier) implements Ability {
        @Override
        public String toString() {
            return identifier.wireName();
        }
    }

    /** To run container images of an architecture, which is named as in a function's configuration. */
    record Images(String architecture) implements Ability {
        @Override
        public String toString() {
            return "container images of " + architecture;
        }
    }

    /** The one that a deployment needs. */
    static Ability neededBy(Deployment deployment) {
        var configuration = deployment.configuration();
        return switch (deployment.code()) {
            case CodePackage _ ->
                new ManagedRuntime(Objects.requireNonNull(configuration.runtime(), "packages have a runtime"));
            case ContainerImage _ -> new Images(configuration.architectures().getFirst());
        };
    }
}
