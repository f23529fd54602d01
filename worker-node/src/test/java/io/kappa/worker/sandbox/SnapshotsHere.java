package io.kappa.worker.sandbox;

/** Where tests take the program from that takes snapshots. */
public final class SnapshotsHere {
    /** As a worker's setting would say it; {@code .ci/run} sets the variable where what is installed does not match the kernel. */
    public static final String CRIU = System.getenv().getOrDefault("WORKER_SANDBOX_CRIU", "criu");

    public static final String NONE = "no CRIU works here";

    private SnapshotsHere() {}
}
