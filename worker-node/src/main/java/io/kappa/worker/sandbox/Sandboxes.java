package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One way of isolating execution environments on this machine. */
public interface Sandboxes extends AutoCloseable {

    /**
     * The way that the settings ask for. Ends what an earlier run with the same directory has left behind, and says in the log what is
     * not isolated.
     *
     * @param directory of the sandboxes' own, used by one process at a time
     * @throws IOException where the machine does not allow it
     */
    static Sandboxes open(SandboxSettings settings, Path directory) throws IOException {
        return SandboxSelection.open(settings, directory);
    }

    /** Which way: {@code process} or {@code oci}, as {@code workers.status} says it. */
    String kind();

    /**
     * Prepares a sandbox: its directories, limits and mounts, but no process yet.
     *
     * @throws IOException where the machine does not allow it
     */
    Sandbox create(SandboxSpec spec) throws IOException;

    /**
     * Prepares a sandbox for a function that is not known yet: its task root holds nothing until {@link Sandbox#assign}.
     *
     * @throws IOException where the machine does not allow it
     */
    Sandbox park(ParkingSpec spec) throws IOException;

    /**
     * Whether a parked sandbox can be assigned to a function with layers.
     *
     * @param hostPaths as in {@link ParkingSpec}: what is mounted below the root of layers would be hidden by them
     */
    boolean assignsLayers(List<Path> hostPaths);

    /** Ends every sandbox and what is left of earlier runs. */
    @Override
    void close();
}
