package io.kappa.worker.provisioned;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.worker.Ability;
import io.kappa.worker.environment.EnvironmentKey;
import java.time.Instant;
import java.util.Set;

/** Samples of what is wanted and of who is there. */
final class Wants {
    static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private static final Ability PYTHON = new Ability.ManagedRuntime(RuntimeIdentifier.PYTHON3_12);

    private Wants() {}

    static EnvironmentKey key(String name) {
        var function = new FunctionArn("us-east-1", "123456789012", new FunctionName(name));
        return new EnvironmentKey(new VersionArn(function, new Version.Published(1)), 1);
    }

    static Want want(String name, int megabytes, int count) {
        return new Want(key(name), NOON, PYTHON, megabytes, count);
    }

    static Want later(Want want, int seconds) {
        return new Want(want.key(), want.since().plusSeconds(seconds), want.needed(), want.megabytes(), want.count());
    }

    static Site site(String worker, int megabytes) {
        return new Site(worker, megabytes, Set.of(PYTHON));
    }
}
