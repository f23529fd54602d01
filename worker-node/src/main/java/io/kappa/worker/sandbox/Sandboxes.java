package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One way of isolating execution environments on this machine. */
public interface Sandboxes extends AutoCloseable {
    Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    /**
     * The way that the settings ask for. Ends what an earlier run with the same directory has left behind.
     *
     * @param directory of the sandboxes' own, used by one process at a time
     * @throws IOException where the machine does not allow it
     */
    static Sandboxes open(SandboxSettings settings, Path directory) throws IOException {
        var own = SandboxDirectory.open(directory);
        try {
            return switch (settings.kind()) {
                case PROCESS -> processes(own);
                case OCI -> containers(settings, own);
                case AUTO -> {
                    try {
                        yield containers(settings, own);
                    } catch (IOException e) {
                        LOG.atInfo().addKeyValue("reason", e.getMessage()).log("containers do not work here");
                        yield processes(own);
                    }
                }
            };
        } catch (IOException | RuntimeException e) {
            own.close();
            throw e;
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
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IOException("containers need root");
        }
        var sandboxes = OciSandboxes.open(settings, directory);
        LOG.info("functions run in containers: not isolated from this machine's network, and on the same kernel");
        return sandboxes;
    }

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
