package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A directory, and a session of processes for the runtime and for each of its companions. */
final class ProcessSandbox implements Sandbox {
    /** Ids and start times of the processes, one a line, for whoever finds the directory after this process was killed. */
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
    private final List<Child> companions = new CopyOnWriteArrayList<>();

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
        note();
        return exit(started);
    }

    private static CompletableFuture<Exit> exit(Child child) {
        return child.ended().thenApply(status -> new Exit(status.code(), status.signal(), false));
    }

    /** Writes down what runs. */
    private void note() throws IOException {
        var lines = new StringBuilder();
        for (var running : running()) {
            int pid = running.pid();
            lines.append(pid)
                    .append(' ')
                    .append(ProcFiles.startTime(pid).orElse(0))
                    .append('\n');
        }
        Files.writeString(directory.resolve(PROCESS_FILE), lines);
    }

    private List<Child> running() {
        var runtime = child;
        if (companions.isEmpty()) {
            return runtime == null ? List.of() : List.of(runtime);
        }
        var all = new ArrayList<>(companions);
        if (runtime != null) {
            all.add(runtime);
        }
        return all;
    }

    @Override
    public Companion startBeside(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        var started = Child.start(
                new Spawn.Command(command, environment, Path.of("/")), poller, output, 0, ProcessSandbox::endSession);
        companions.add(started);
        Posix.limitOpenFiles(started.pid(), OPEN_FILES);
        note();
        var exit = exit(started);
        var _ = exit.thenRun(() -> companions.remove(started));
        return new Companion() {
            @Override
            public CompletionStage<Exit> ended() {
                return exit;
            }

            @Override
            public void kill() {
                started.signalGroup(Posix.SIGKILL);
            }
        };
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
        running().forEach(Child::drainOutput);
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
    public void killRuntime() {
        var running = child;
        if (running != null) {
            running.signalGroup(Posix.SIGKILL);
        }
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
        running().forEach(running -> running.signalGroup(signal));
    }

    @Override
    public long memoryPeakBytes() {
        return memoryPeak.of(() -> running().stream()
                .filter(running -> !running.ended().isDone())
                .map(Child::pid)
                .toList());
    }

    @Override
    public void close() {
        kill();
        running().forEach(running -> running.ended().join());
        SandboxDirectory.remove(directory);
        closed.accept(this);
    }
}
