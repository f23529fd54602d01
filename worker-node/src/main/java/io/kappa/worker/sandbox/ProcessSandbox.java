package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A directory and a session of processes. */
final class ProcessSandbox implements Sandbox {
    /** Id and start time of the runtime process, for whoever finds the directory after this process was killed. */
    static final String PROCESS_FILE = "process";

    private static final int OPEN_FILES = 1024;

    /** Link to where the code is, in a sandbox that was parked: the dynamic linker knows it from before the assignment. */
    private static final String TASK_LINK = "task";

    private volatile SandboxSpec spec;
    private final Path directory;
    private final FdPoller poller;
    private final Consumer<ProcessSandbox> closed;
    private final MemoryPeak memoryPeak = new MemoryPeak();

    private volatile @Nullable Child child;

    ProcessSandbox(SandboxSpec spec, Path directory, FdPoller poller, Consumer<ProcessSandbox> closed) {
        this.spec = spec;
        this.directory = directory;
        this.poller = poller;
        this.closed = closed;
    }

    /** Makes the sandbox's task root one that can be replaced. */
    static Path makeTaskRoot(Path directory) throws IOException {
        // Directories that the linker has once found missing are not looked into again.
        Files.createDirectories(directory.resolve("unassigned/lib"));
        return Files.createSymbolicLink(directory.resolve(TASK_LINK), Path.of("unassigned"));
    }

    @Override
    public void assign(Path code, @Nullable Path layers, int memoryMegabytes) throws IOException {
        var link = Files.createSymbolicLink(directory.resolve("assigned"), code);
        Files.move(link, directory.resolve(TASK_LINK), StandardCopyOption.ATOMIC_MOVE);
        spec = spec.assigned(code, layers, memoryMegabytes);
    }

    @Override
    public Layout layout() {
        var layers = spec.layers();
        return new Layout(
                spec.code().toString(),
                spec.runtimes().toString(),
                directory.resolve("tmp").toString(),
                layers == null ? Layout.LAYERS : layers.toString());
    }

    @Override
    public CompletionStage<Exit> start(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        var earlier = child;
        if (earlier != null && !earlier.ended().isDone()) {
            throw new IllegalStateException("a runtime process is running already");
        }
        var started = Child.start(
                new Spawn.Command(command, environment, spec.code()), poller, output, 0, ProcessSandbox::endSession);
        child = started;
        Posix.limitOpenFiles(started.pid(), OPEN_FILES);
        Files.writeString(
                directory.resolve(PROCESS_FILE),
                started.pid() + " " + ProcFiles.startTime(started.pid()).orElse(0));
        return started.ended().thenApply(status -> new Exit(status.code(), status.signal(), false));
    }

    /** Kills the processes of a session, whose number no other session can have while they or their unreaped leader are there. */
    static void endSession(int session) {
        Posix.signal(-session, Posix.SIGKILL);
        for (int pid : ProcFiles.inSession(session)) {
            Posix.signal(pid, Posix.SIGKILL); // those in process groups of their own
        }
    }

    @Override
    public void drainOutput() {
        var running = child;
        if (running != null) {
            running.drainOutput();
        }
    }

    /** There is no CPU limit here. */
    @Override
    public void throttle() {}

    @Override
    public void freeze() {
        signalGroup(Posix.SIGSTOP);
    }

    @Override
    public void thaw() {
        signalGroup(Posix.SIGCONT);
    }

    @Override
    public void kill() {
        signalGroup(Posix.SIGKILL);
    }

    @Override
    public void terminate() {
        thaw();
        var running = child;
        if (running != null) {
            running.signal(Posix.SIGTERM);
        }
    }

    private void signalGroup(int signal) {
        var running = child;
        if (running != null) {
            running.signalGroup(signal);
        }
    }

    @Override
    public long memoryPeakBytes() {
        var running = child;
        return memoryPeak.of(() -> running == null || running.ended().isDone() ? List.of() : List.of(running.pid()));
    }

    @Override
    public void close() {
        kill();
        var last = child;
        if (last != null) {
            last.ended().join();
        }
        SandboxDirectory.remove(directory);
        closed.accept(this);
    }
}
