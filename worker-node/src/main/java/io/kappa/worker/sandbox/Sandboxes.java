package io.kappa.worker.sandbox;

import java.io.IOException;

/** One way of isolating execution environments on this machine. */
public interface Sandboxes extends AutoCloseable {

    /** Which way: {@code process} or {@code oci}, as {@code workers.status} says it. */
    String kind();

    /**
     * Prepares a sandbox: its directories, limits and mounts, but no process yet.
     *
     * @throws IOException where the machine does not allow it
     */
    Sandbox create(SandboxSpec spec) throws IOException;

    /** Ends every sandbox and what is left of earlier runs. */
    @Override
    void close();
}
