package io.kappa.worker.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What is known of an execution environment before it is assigned to a function.
 *
 * @param environmentId 32 hex digits, unique on this machine
 * @param runtimes the unpacked runtime clients on this machine, to be seen read-only as the runtime root
 * @param hostPaths directories of this machine that the runtime's interpreter lives in, to be seen read-only at the same path
 * @param memoryMegabytes limit of all processes together until the assignment, which sets another
 * @param ephemeralStorageMegabytes size of {@code /tmp}, for good
 */
public record ParkingSpec(
        String environmentId, Path runtimes, List<Path> hostPaths, int memoryMegabytes, int ephemeralStorageMegabytes) {

    public ParkingSpec {
        hostPaths = List.copyOf(hostPaths);
    }

    /** @param code what is seen as the task root until the assignment */
    SandboxSpec with(Path code) {
        return new SandboxSpec(
                environmentId, code, null, runtimes, hostPaths, memoryMegabytes, ephemeralStorageMegabytes);
    }
}
