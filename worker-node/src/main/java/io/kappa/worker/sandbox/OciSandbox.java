package io.kappa.worker.sandbox;

import io.kappa.worker.sandbox.Cgroups.Cgroup;
import io.kappa.worker.sandbox.Posix.Status;
import io.kappa.worker.sandbox.SandboxSpec.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A control group, a disk and a user, and one container at a time that runs in them. */
final class OciSandbox implements Sandbox {
    private static final Logger LOG = LoggerFactory.getLogger(OciSandbox.class);
    /** Waits until the end of its container. */
    private static final List<String> IDLE = List.of("sleep", "2147483647");

    private static final Duration BEGINNING_TAKES_AT_MOST = Duration.ofSeconds(5);
    private static final Layout LAYOUT = new Layout("/var/task", "/var/runtime", "/tmp", Layout.LAYERS);

    private final OciSandboxes owner;
    private volatile SandboxSpec spec;
    private final Path directory;
    private final Cgroup cgroup;
    private final int uid;
    private final boolean ownName;
    private final MemoryPeak memoryPeak = new MemoryPeak();

    private final AtomicBoolean closed = new AtomicBoolean();

    private volatile @Nullable Start start;
    private volatile boolean killed;
    private volatile @Nullable LateRoots lateRoots;
    private volatile boolean assigned;
    private int starts;

    /** What runs in the container of the moment beside its first process, where that is no runtime. */
    private volatile @Nullable Shared shared;

    /** A container in which the runtime is one process of several. */
    private static final class Shared {
        private final String container;
        private final List<Child> inside = new CopyOnWriteArrayList<>();
        private volatile @Nullable Child runtime;
        private int processes;

        Shared(String container) {
            this.container = container;
        }
    }

    /**
     * What a sandbox that was parked shows once it is assigned.
     *
     * @param layers null where it cannot show any
     */
    record LateRoots(LateRoot task, @Nullable LateRoot layers) {}

    /** The latest container: the OCI runtime's process, and how it came out once everything of it is gone. */
    private record Start(Child child, CompletableFuture<Exit> exit) {}

    OciSandbox(OciSandboxes owner, SandboxSpec spec, Path directory, Cgroup cgroup, int uid) throws IOException {
        this.owner = owner;
        this.spec = spec;
        this.directory = directory;
        this.cgroup = cgroup;
        this.uid = uid;
        Files.writeString(
                directory.resolve("passwd"),
                "root:x:0:0::/:/bin/false\nsbx_user1051:x:%d:%d::/home/sbx_user1051:/bin/false\n"
                        .formatted(uid, OciRootfs.GROUP));
        Files.setAttribute(directory.resolve("passwd"), "unix:mode", 0644);
        this.ownName = spec.hasExtensions();
        if (ownName) {
            Files.writeString(
                    hosts(),
                    "127.0.0.1 localhost sandbox\n::1 localhost\n%s sandbox.localdomain\n".formatted(listenerHost()));
            Files.setAttribute(hosts(), "unix:mode", 0644);
        }
        if (!(spec.snapshots() instanceof Snapshots.None)) {
            Files.createDirectory(handover());
            Files.setAttribute(handover(), "unix:mode", 0755);
        }
    }

    @Override
    public Layout layout() {
        return LAYOUT;
    }

    SandboxSpec spec() {
        return spec;
    }

    Path directory() {
        return directory;
    }

    Path tmp() {
        return directory.resolve("tmp");
    }

    /** Where restored processes find what has changed. */
    Path handover() {
        return directory.resolve("handover");
    }

    /** The hosts file of a sandbox that has been made for extensions. */
    Optional<Path> ownHosts() {
        return ownName ? Optional.of(hosts()) : Optional.empty();
    }

    private Path hosts() {
        return directory.resolve("hosts");
    }

    /**
     * The network is the machine's, and so are its ports; but every sandbox has a user of its own, and the loopback interface has an address
     * for each. What listens at {@code sandbox.localdomain}, as extensions do, finds its port free whatever others listen to.
     */
    @Override
    public String listenerHost() {
        return ownName
                ? "127.%d.%d.%d".formatted(64 | (uid >> 16 & 0x3f), uid >> 8 & 0xff, uid & 0xff)
                : Sandbox.super.listenerHost();
    }

    Cgroup cgroup() {
        return cgroup;
    }

    int uid() {
        return uid;
    }

    void park(LateRoots roots) {
        lateRoots = roots;
    }

    /** Where the code and the layers will show in what is started now; empty once they are known. */
    Optional<LateRoots> unassigned() {
        return assigned ? Optional.empty() : Optional.ofNullable(lateRoots);
    }

    @Override
    public void assign(Path code, @Nullable Path layers, int memoryMegabytes) throws IOException {
        cgroup.limitMemory(memoryMegabytes);
        var roots = unassigned().orElseThrow(() -> new IllegalStateException("not parked"));
        roots.task().show(code);
        if (roots.layers() != null) {
            roots.layers().show(layers == null ? owner.noLayers() : layers);
        } else if (layers != null) {
            throw new IllegalStateException("cannot show layers");
        }
        spec = spec.assigned(code, layers, memoryMegabytes);
        assigned = true;
    }

    @Override
    public CompletionStage<Exit> start(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        var with = shared;
        if (with != null && running() != null && !killed) {
            var child = startInside(with, command, environment, LAYOUT.taskRoot(), output);
            with.runtime = child;
            return child.ended().thenApply(this::exit);
        }
        awaitEnd();
        return startAlone(command, environment, output);
    }

    private CompletionStage<Exit> startAlone(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        shared = null;
        int number = begin();
        var container = container(number);
        owner.configure(this, command, environment, cgroup.path() + "/" + number);
        var child = owner.startContainer(this, container, output, _ -> cgroup.empty());
        var exit = child.ended().thenApply(status -> exit(container, status));
        start = new Start(child, exit);
        return exit;
    }

    @Override
    public Companion startBeside(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        var child = startInside(share(), command, environment, "/", output);
        var exit = child.ended().thenApply(this::exit);
        return new Companion() {
            @Override
            public CompletionStage<Exit> ended() {
                return exit;
            }

            @Override
            public void kill() {
                signal(child, Posix.SIGKILL);
            }
        };
    }

    /** The container that runs, or one that does nothing by itself: its first process outlives any runtime. */
    private Shared share() throws IOException {
        var present = shared;
        if (present != null && running() != null && !killed) {
            return present;
        }
        awaitEnd();
        var exit = startAlone(IDLE, Map.of("PATH", "/usr/bin:/bin"), _ -> {});
        var made = new Shared(container(starts));
        long deadline = System.nanoTime() + BEGINNING_TAKES_AT_MOST.toNanos();
        while (!owner.knows(this, made.container)) {
            if (exit.toCompletableFuture().isDone() || System.nanoTime() - deadline > 0) {
                kill();
                throw new IOException("no container for extensions: " + OciRuntime.takeComplaints(directory));
            }
        }
        shared = made;
        return made;
    }

    /** Waits for what has been killed. */
    private void awaitEnd() {
        var latest = start;
        if (latest != null && killed) {
            latest.exit().join();
        }
    }

    private Child startInside(
            Shared with, List<String> command, Map<String, String> environment, String workingDirectory, Output output)
            throws IOException {
        var process = directory.resolve("process-" + with.processes++ + ".json");
        OciConfiguration.writeFurther(process, command, environment, workingDirectory, uid);
        var child = owner.startInside(this, with.container, process, output);
        with.inside.add(child);
        var _ = child.ended().thenRun(() -> with.inside.remove(child));
        return child;
    }

    /** To a process that the OCI runtime has started inside for a command of ours. */
    private void signal(Child child, int signal) {
        cgroup.processes().stream()
                .filter(pid -> ProcFiles.parent(pid).orElse(0) == child.pid())
                .findFirst()
                // One that has not begun never will.
                .ifPresentOrElse(pid -> Posix.signal(pid, signal), () -> child.signal(Posix.SIGKILL));
    }

    private int begin() throws IOException {
        if (running() != null) {
            throw new IllegalStateException("a runtime process is running already");
        }
        killed = false;
        cgroup.outOfMemory(); // what was before does not count
        cgroup.thaw();
        cgroup.unlimitCpu();
        return ++starts;
    }

    private String container(int number) {
        return "kappa-" + spec.environmentId() + "-" + number;
    }

    @Override
    public SandboxImage checkpoint(Path to) throws IOException {
        return checkpoint(to, owner.requiredImages());
    }

    SandboxImage checkpoint(Path to, OciImages images) throws IOException {
        var running = start;
        if (running == null) {
            throw new IllegalStateException("nothing runs");
        }
        return images.take(this, to, running.exit());
    }

    @Override
    public CompletionStage<Exit> restore(Map<String, String> changed, Output output) throws IOException {
        return restore(changed, output, owner.requiredImages());
    }

    CompletionStage<Exit> restore(Map<String, String> changed, Output output, OciImages images) throws IOException {
        if (!(spec.snapshots() instanceof Snapshots.Restored(var image))) {
            throw new IllegalStateException("not made from an image");
        }
        int number = begin();
        if (number == 1) {
            images.fill(image, tmp());
        }
        handOver(changed);
        try {
            var groups = cgroup.below(Integer.toString(number));
            var child = images.restore(this, image, groups, owner.mounts(this), output, _ -> cgroup.empty());
            var exit = child.ended().thenApply(status -> exit(container(number), status));
            start = new Start(child, exit);
            return exit;
        } catch (IOException | RuntimeException e) {
            cgroup.empty(); // of what may have been restored half
            throw e;
        }
    }

    private void handOver(Map<String, String> changed) throws IOException {
        var variables = new StringBuilder();
        changed.forEach((name, value) ->
                variables.append(name).append('=').append(value).append('\0'));
        var file = handover().resolve(String.valueOf(Path.of(RESTORED).getFileName()));
        Files.writeString(file, variables);
        Files.setAttribute(file, "unix:mode", 0644);
    }

    private @Nullable Child running() {
        var latest = start;
        return latest == null || latest.exit().isDone() ? null : latest.child();
    }

    private Exit exit(String container, Status status) {
        var exit = exit(status);
        owner.runtime().forget(container);
        return exit;
    }

    private Exit exit(Status status) {
        boolean outOfMemory = cgroup.outOfMemory();
        var complaints = OciRuntime.takeComplaints(directory);
        if (!killed && status.code() != 0 && !complaints.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("environmentId", spec.environmentId())
                    .addKeyValue("complaints", complaints)
                    .log("OCI runtime ended with an error");
        }
        if (killed) {
            return new Exit(0, Posix.SIGKILL, false); // whatever it came to on its way
        }
        // OCI runtimes and the shell inside say 128 + N for signal N. A function that exits with such a code is
        // mistaken for one.
        int signal = status.signal() != 0
                ? status.signal()
                : status.code() > 128 && status.code() <= 128 + 64 ? status.code() - 128 : 0;
        return new Exit(signal == 0 ? status.code() : 0, signal, signal == Posix.SIGKILL && outOfMemory);
    }

    @Override
    public void drainOutput() {
        var running = running();
        if (running != null) {
            running.drainOutput();
            var with = shared;
            if (with != null) {
                with.inside.forEach(Child::drainOutput);
            }
        }
    }

    @Override
    public void throttle() {
        try {
            cgroup.limitCpu();
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("environmentId", spec.environmentId())
                    .setCause(e)
                    .log("CPU not limited");
        }
    }

    @Override
    public void freeze() {
        cgroup.freeze();
    }

    @Override
    public void thaw() {
        cgroup.thaw();
    }

    @Override
    public void kill() {
        var running = running();
        if (running == null) {
            return;
        }
        killed = true;
        if (!cgroup.kill()) {
            running.signal(Posix.SIGKILL); // the OCI runtime has not got that far yet, or is cleaning up
        }
    }

    @Override
    public void killRuntime() {
        var with = shared;
        if (with == null) {
            kill();
        } else if (with.runtime != null) {
            signal(with.runtime, Posix.SIGKILL);
        }
    }

    @Override
    public void terminate() {
        if (running() == null) {
            return;
        }
        cgroup.thaw();
        var with = shared;
        if (with != null) {
            if (with.runtime != null) {
                signal(with.runtime, Posix.SIGTERM);
            }
            return;
        }
        int inside = spec.image() == null ? OciConfiguration.RUNTIME_PID : OciConfiguration.FIRST_PID;
        var runtime = cgroup.processes().stream()
                .filter(pid -> ProcFiles.status(pid)
                        .filter(status -> status.innerPid() == inside)
                        .isPresent())
                .findFirst();
        // One that has not begun has nothing to end in order.
        runtime.ifPresentOrElse(pid -> Posix.signal(pid, Posix.SIGTERM), this::kill);
    }

    @Override
    public long memoryPeakBytes() {
        return memoryPeak.of(cgroup::processes);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        kill();
        var last = start;
        if (last != null) {
            last.exit().join();
        }
        var roots = lateRoots;
        if (roots != null) {
            roots.task().remove();
            if (roots.layers() != null) {
                roots.layers().remove();
            }
        }
        owner.closed(this);
    }
}
