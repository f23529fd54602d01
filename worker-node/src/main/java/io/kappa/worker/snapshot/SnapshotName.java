package io.kappa.worker.snapshot;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names a snapshot by everything that it depends on, so that one of something else is never found. */
record SnapshotName(String hash) {

    /** @param machine what of this machine it depends on */
    static SnapshotName of(EnvironmentKey key, Deployment deployment, String runtime, String machine) {
        var text = String.join(
                "\n",
                key.version().toString(),
                Long.toString(key.generation()),
                deployment.code().sha256(),
                runtime,
                machine);
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new SnapshotName(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
