package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs runtimes as plain child processes: the way for machines that allow nothing stronger, such as laptops.
 *
 * <p>Does not isolate: functions run as this process's user, see its files, the network and one another, and no limit of memory, CPU,
 * processes or {@code /tmp} is kept. It does keep them apart by directory and session, so that one can be stopped, frozen and removed
 * with all that it has started, unless that has taken itself out of the session.
 */
final class ProcessSandboxes implements Sandboxes {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessSandboxes.class);

    private final SandboxDirectory directory;
    private final FdPoller poller;
    private final Set<ProcessSandbox> sandboxes = ConcurrentHashMap.newKeySet();

    ProcessSandboxes(SandboxDirectory directory) throws IOException {
        this.directory = directory;
        endLeftovers();
        this.poller = new FdPoller();
    }

    @Override
    public String kind() {
        return "process";
    }

    @Override
    public Sandbox create(SandboxSpec spec) throws IOException {
        return create(spec, directory.make(spec.environmentId()));
    }

    @Override
    public Sandbox park(ParkingSpec spec) throws IOException {
        var own = directory.make(spec.environmentId());
        return create(spec.with(ProcessSandbox.makeTaskRoot(own)), own);
    }

    /** The dynamic linker has been told at the start where to look, and would not find another place. */
    @Override
    public boolean assignsLayers(List<Path> hostPaths) {
        return false;
    }

    private Sandbox create(SandboxSpec spec, Path own) throws IOException {
        Files.createDirectory(own.resolve("tmp"));
        var sandbox = new ProcessSandbox(spec, own, poller, sandboxes::remove);
        sandboxes.add(sandbox);
        return sandbox;
    }

    /** What runs on after its platform was killed has lost its Runtime API and serves nobody. */
    private void endLeftovers() throws IOException {
        for (var own : directory.present()) {
            endLeftover(own);
            SandboxDirectory.remove(own);
        }
    }

    private static void endLeftover(Path own) throws IOException {
        try {
            for (var process : Files.readAllLines(own.resolve(ProcessSandbox.PROCESS_FILE))) {
                endLeftover(own, process.split(" "));
            }
        } catch (NoSuchFileException e) {
            // Nothing was started in it.
        }
    }

    private static void endLeftover(Path own, String[] process) {
        try {
            int pid = Integer.parseInt(process[0]);
            var startTime = ProcFiles.startTime(pid);
            // A leader that has ended leaves its number to its session while that lasts. One with another start is a
            // stranger.
            if (startTime.isEmpty() || startTime.getAsLong() == Long.parseLong(process[1])) {
                ProcessSandbox.endSession(pid);
                LOG.atInfo()
                        .addKeyValue("environmentId", own.getFileName())
                        .addKeyValue("pid", pid)
                        .log("process of an earlier run ended");
            }
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            LOG.atWarn()
                    .addKeyValue("environmentId", own.getFileName())
                    .log("what an earlier run had started is not known");
        }
    }

    @Override
    public void close() {
        sandboxes.forEach(Sandbox::kill); // all at once, then wait for each
        sandboxes.forEach(ProcessSandbox::close);
        poller.close();
        directory.close();
    }
}
