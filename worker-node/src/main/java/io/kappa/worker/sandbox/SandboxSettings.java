package io.kappa.worker.sandbox;

import io.kappa.kit.settings.Settings;
import java.util.Optional;

/**
 * How execution environments are isolated.
 *
 * @param kind which way, or {@code AUTO}: the strongest that works on this machine
 * @param ociRuntime command of the OCI runtime; empty takes the first of {@code crun} and {@code runc} that is found
 * @param cgroup parent of the sandboxes' cgroups, below the root of the hierarchy that this process sees
 * @param firstUid first of the range of unprivileged users, one for each sandbox
 * @param seccomp whether system calls that functions have no use for are refused
 * @param criu command of the program that takes snapshots; where there is none, none are taken
 */
public record SandboxSettings(
        Kind kind, Optional<String> ociRuntime, String cgroup, int firstUid, boolean seccomp, String criu) {

    /** Ways of isolating. */
    public enum Kind {
        AUTO,
        PROCESS,
        OCI
    }

    public static SandboxSettings from(Settings settings) {
        return new SandboxSettings(
                settings.choice("worker.sandbox.kind", Kind.AUTO),
                settings.text("worker.sandbox.oci-runtime"),
                settings.text("worker.sandbox.cgroup", "kappa"),
                settings.integer("worker.sandbox.first-uid", 900_000),
                settings.flag("worker.sandbox.seccomp", true),
                settings.text("worker.sandbox.criu", "criu"));
    }

    /** The same with another range of users. */
    public SandboxSettings withFirstUid(int uid) {
        return new SandboxSettings(kind, ociRuntime, cgroup, uid, seccomp, criu);
    }
}
