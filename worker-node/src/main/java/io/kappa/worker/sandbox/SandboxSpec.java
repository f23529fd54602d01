package io.kappa.worker.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an execution environment needs of its sandbox.
 *
 * @param environmentId 32 hex digits, unique on this machine
 * @param code the unpacked deployment package on this machine, to be seen read-only as the task root
 * @param layers the files of the function's layers on this machine, to be seen read-only as the root of layers; null where it has none
 * @param runtimes the unpacked runtime clients on this machine, to be seen read-only as the runtime root
 * @param hostPaths directories of this machine that the runtime's interpreter lives in, to be seen read-only at the same path
 * @param memoryMegabytes limit of all processes together; CPU follows it at one vCPU for 1769
 * @param ephemeralStorageMegabytes size of {@code /tmp}
 * @param image what is seen in place of all that; null for functions that are no container images
 * @param snapshots only where {@link Sandboxes#images} says that there can be any
 */
public record SandboxSpec(
        String environmentId,
        Path code,
        @Nullable Path layers,
        Path runtimes,
        List<Path> hostPaths,
        int memoryMegabytes,
        int ephemeralStorageMegabytes,
        Snapshots snapshots,
        @Nullable Image image) {
    /** Directory in the layers with the extensions that are processes of their own. */
    public static final String EXTENSIONS = "extensions";

    /**
     * A container image: only where {@link Sandboxes#runsImages} says that there can be any.
     *
     * @param root its files on this machine, to be seen read-only as the root
     * @param workingDirectory that processes are started in, as they see it
     */
    public record Image(Path root, String workingDirectory) {}

    /** Whether what runs inside is to be written down, or is made from what was. */
    public sealed interface Snapshots {
        record None() implements Snapshots {}

        /** For {@link Sandbox#checkpoint}. */
        record Taken() implements Snapshots {}

        /** For {@link Sandbox#restore}, with what was in {@code /tmp} at that time. */
        record Restored(SandboxImage image) implements Snapshots {}
    }

    public SandboxSpec {
        hostPaths = List.copyOf(hostPaths);
    }

    public SandboxSpec(
            String environmentId,
            Path code,
            @Nullable Path layers,
            Path runtimes,
            List<Path> hostPaths,
            int memoryMegabytes,
            int ephemeralStorageMegabytes) {
        this(
                environmentId,
                code,
                layers,
                runtimes,
                hostPaths,
                memoryMegabytes,
                ephemeralStorageMegabytes,
                new Snapshots.None());
    }

    /** Whether processes may run beside the runtime. */
    boolean hasExtensions() {
        return layers != null && Files.isDirectory(layers.resolve(EXTENSIONS));
    }

    public SandboxSpec(
            String environmentId,
            Path code,
            @Nullable Path layers,
            Path runtimes,
            List<Path> hostPaths,
            int memoryMegabytes,
            int ephemeralStorageMegabytes,
            Snapshots snapshots) {
        this(
                environmentId,
                code,
                layers,
                runtimes,
                hostPaths,
                memoryMegabytes,
                ephemeralStorageMegabytes,
                snapshots,
                null);
    }

    /** For a container image. */
    public static SandboxSpec of(
            String environmentId, Image image, int memoryMegabytes, int ephemeralStorageMegabytes) {
        return new SandboxSpec(
                environmentId,
                image.root(),
                null,
                image.root(),
                List.of(),
                memoryMegabytes,
                ephemeralStorageMegabytes,
                new Snapshots.None(),
                image);
    }

    SandboxSpec assigned(Path itsCode, @Nullable Path itsLayers, int itsMemoryMegabytes) {
        return new SandboxSpec(
                environmentId,
                itsCode,
                itsLayers,
                runtimes,
                hostPaths,
                itsMemoryMegabytes,
                ephemeralStorageMegabytes,
                snapshots,
                image);
    }
}
