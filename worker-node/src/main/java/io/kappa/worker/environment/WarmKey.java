package io.kappa.worker.environment;

import io.kappa.runtimes.InstalledRuntime;
import java.nio.file.Path;
import java.util.List;

/**
 * What a runtime that runs already cannot change any more. Functions for which that is the same may have each other's parked runtimes.
 *
 * @param runtime which interpreter, such as {@code python:3.11.7}
 * @param start as it would be in a container, whatever the sandboxes are here
 */
record WarmKey(String runtime, List<Path> hostPaths, InstalledRuntime.Start start) {
    static WarmKey of(InstalledRuntime runtime, InstalledRuntime.Parking parking, int memoryMegabytes) {
        return new WarmKey(
                runtime.version(), runtime.hostPaths(), parking.start("/var/task", "/var/runtime", memoryMegabytes));
    }
}
