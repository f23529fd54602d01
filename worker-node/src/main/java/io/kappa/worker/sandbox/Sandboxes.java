package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    /** Whether container images can be run. */
    default boolean runsImages() {
        return false;
    }

    /** Keeps images of what ran in sandboxes; empty where this way, or this machine, can make none. */
    default Optional<Images> images() {
        return Optional.empty();
    }

    /** What there is to know about images apart from single ones. */
    interface Images {

        /** What images depend on besides what is in them: one made where it was another cannot be used. */
        String platform();

        /**
         * Takes over an image from an earlier run.
         *
         * @throws IOException where it is not whole
         */
        SandboxImage adopt(Path directory) throws IOException;

        /** Removes an image. Sandboxes made from it live on. */
        void remove(SandboxImage image);
    }

    /** Ends every sandbox and what is left of earlier runs. */
    @Override
    void close();
}
