package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the way of isolating, and says once and plainly what it leaves open. */
final class SandboxSelection {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxSelection.class);

    static Sandboxes open(SandboxSettings settings, Path directory) throws IOException {
        var own = SandboxDirectory.open(directory);
        try {
            return switch (settings.kind()) {
                case PROCESS -> processes(own);
                case OCI -> containers(settings, own);
                case AUTO -> strongest(settings, own);
            };
        } catch (IOException | RuntimeException e) {
            own.close();
            throw e;
        }
    }

    private static Sandboxes strongest(SandboxSettings settings, SandboxDirectory directory) throws IOException {
        try {
            return containers(settings, directory);
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("reason", e.getMessage()).log("containers do not work here");
            return processes(directory);
        }
    }

    private static Sandboxes processes(SandboxDirectory directory) throws IOException {
        var sandboxes = new ProcessSandboxes(directory);
        LOG.warn("functions run as plain processes of this user: not isolated from this machine, its files and network,"
                + " or one another; memory, CPU, processes and /tmp are not limited");
        return sandboxes;
    }

    private static Sandboxes containers(SandboxSettings settings, SandboxDirectory directory) throws IOException {
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            throw new IOException("containers need Linux");
        }
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw new IOException("containers need root");
        }
        var sandboxes = OciSandboxes.open(settings, directory);
        LOG.info("functions run in containers: not isolated from this machine's network, and on the same kernel");
        return sandboxes;
    }

    private SandboxSelection() {}
}
