package io.kappa.worker.sandbox;

import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.worker.sandbox.OciRootfs.Mount;
import io.kappa.worker.sandbox.OciSandbox.LateRoots;
import io.kappa.worker.sandbox.SandboxSpec.Snapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs runtimes in containers of an OCI runtime: memory, CPU and processes limited, an unprivileged user of the sandbox's own without a
 * way to more rights, a read-only root, {@code /tmp} on a disk of its own, and none of the machine's files but programs and libraries.
 *
 * <p>Does not isolate the network: functions share the machine's, so they reach whatever it reaches, its loopback ports among them. The
 * kernel is shared as well.
 */
final class OciSandboxes implements Sandboxes {
    private static final Logger LOG = LoggerFactory.getLogger(OciSandboxes.class);
    private static final List<String> KNOWN_RUNTIMES = List.of("crun", "runc");

    private final SandboxSettings settings;
    private final SandboxDirectory directory;
    private final Lifecycle parts;
    private final OciRuntime runtime;
    private final OciRootfs rootfs;
    private final MountNamespace namespace;
    private final TmpDisks disks;
    private final Cgroups cgroups;
    private final FdPoller poller;
    private final SandboxUsers users;
    private Optional<OciImages> images = Optional.empty();
    private final Set<OciSandbox> sandboxes = ConcurrentHashMap.newKeySet();

    private OciSandboxes(SandboxSettings settings, SandboxDirectory directory, Lifecycle parts) throws IOException {
        this.settings = settings;
        this.directory = directory;
        this.parts = parts;
        var root = directory.root();
        var program = program(settings);
        var worker = Integer.toHexString(root.toString().hashCode());
        this.cgroups = parts.own(Cgroups.open(settings.cgroup() + "/" + worker)); // ends what an earlier run left
        for (var leftover : directory.present()) {
            SandboxDirectory.remove(leftover);
        }
        SandboxDirectory.remove(root.resolve("containers"));
        this.runtime = new OciRuntime(program, Files.createDirectories(root.resolve("containers")));
        this.rootfs = OciRootfs.make(root.resolve("rootfs"));
        this.namespace = parts.own(new MountNamespace());
        this.disks = new TmpDisks(namespace, root.resolve("disks"));
        this.poller = parts.own(new FdPoller());
        this.users = new SandboxUsers(settings.firstUid());
    }

    /** @throws IOException where the machine lacks something, or a trial run fails; says what */
    static OciSandboxes open(SandboxSettings settings, SandboxDirectory directory) throws IOException {
        var parts = new Lifecycle();
        try {
            var sandboxes = new OciSandboxes(settings, directory, parts);
            sandboxes.hideWhatDisturbs();
            sandboxes.tryOut();
            sandboxes.findImages();
            return sandboxes;
        } catch (IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static Path program(SandboxSettings settings) throws IOException {
        var names = settings.ociRuntime().map(List::of).orElse(KNOWN_RUNTIMES);
        return names.stream()
                .flatMap(name -> Programs.find(name).stream())
                .findFirst()
                .orElseThrow(() -> new IOException("no OCI runtime found: " + String.join(", ", names)));
    }

    private void hideWhatDisturbs() throws IOException {
        var disturbing = CgroupMounts.read().disturbing();
        if (disturbing.isPresent()) {
            namespace.call(() -> {
                Linux.unmount(disturbing.get());
                return true;
            });
        }
    }

    /** Finds out by doing it whether this machine lets containers run, which no list of conditions would tell. */
    private void tryOut() throws IOException {
        var trial = new SandboxSpec("trial", rootfs.root(), null, rootfs.root(), List.of(), 128, 512);
        var printed = new ByteArrayOutputStream();
        try (var sandbox = create(trial)) {
            var exit = sandbox.start(List.of("/bin/true"), Map.of(), printed::writeBytes)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            if (exit.code() != 0 || exit.signal() != 0) {
                throw new IOException("a trial run of " + runtime.program() + " came to " + exit + ": " + printed);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a trial run of " + runtime.program() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void findImages() throws IOException {
        var own = directory.root().resolve("restoring");
        SandboxDirectory.remove(own);
        images = OciImages.open(
                settings.criu(),
                settings.firstUid() + " " + settings.seccomp(),
                this,
                namespace,
                poller,
                users,
                rootfs,
                Files.createDirectories(own));
    }

    @Override
    public boolean runsImages() {
        return true;
    }

    @Override
    public Optional<Images> images() {
        return images.map(found -> found);
    }

    OciImages requiredImages() {
        return images.orElseThrow(() -> new IllegalStateException("no snapshots here"));
    }

    @Override
    public String kind() {
        return "oci";
    }

    @Override
    public OciSandbox create(SandboxSpec spec) throws IOException {
        var own = directory.make(spec.environmentId());
        int user = takeUser(spec.snapshots());
        try {
            var cgroup = cgroups.create(spec.environmentId(), spec.memoryMegabytes());
            try {
                var tmp = Files.createDirectory(own.resolve("tmp"));
                disks.mount(spec.ephemeralStorageMegabytes(), tmp);
                var sandbox = new OciSandbox(this, spec, own, cgroup, user);
                sandboxes.add(sandbox);
                return sandbox;
            } catch (IOException | RuntimeException e) {
                cgroup.remove();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            users.giveBack(user);
            SandboxDirectory.remove(own);
            throw e;
        }
    }

    private int takeUser(Snapshots snapshots) {
        if (snapshots instanceof Snapshots.Restored(var image)) {
            users.share(image.uid());
            return image.uid();
        }
        return users.take();
    }

    @Override
    public OciSandbox park(ParkingSpec spec) throws IOException {
        var sandbox = create(spec.with(rootfs.root()));
        try {
            sandbox.park(new LateRoots(
                    LateRoot.make(namespace, sandbox.directory(), "task"),
                    assignsLayers(spec.hostPaths()) ? LateRoot.make(namespace, sandbox.directory(), "opt") : null));
            return sandbox;
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    @Override
    public boolean assignsLayers(List<Path> hostPaths) {
        return hostPaths.stream().noneMatch(path -> path.startsWith(Sandbox.Layout.LAYERS));
    }

    /** What a function without layers sees in their place. */
    Path noLayers() {
        return rootfs.root().resolve(Sandbox.Layout.LAYERS.substring(1));
    }

    /** Writes how a start of a sandbox is to be, in its bundle. */
    void configure(OciSandbox sandbox, List<String> command, Map<String, String> environment, String cgroupPath)
            throws IOException {
        var spec = sandbox.spec();
        var own = sandbox.directory();
        if (spec.image() != null) {
            configureImage(sandbox, spec.image(), command, environment, cgroupPath);
            return;
        }
        var configuration = new OciConfiguration(rootfs.root(), cgroupPath)
                .process(command, environment, sandbox.layout().taskRoot(), sandbox.uid())
                .writable(sandbox.tmp(), sandbox.layout().tmp());
        for (var mount : rootfs.mounts()) {
            configuration.readOnly(mount.source(), mount.destination());
        }
        sandbox.unassigned()
                .ifPresentOrElse(
                        roots -> showLater(roots, sandbox.layout(), configuration),
                        () -> show(spec, sandbox.layout(), configuration));
        for (var mount : ownMounts(sandbox)) {
            configuration.readOnly(mount.source(), mount.destination());
        }
        if (settings.seccomp()) {
            configuration.seccomp();
        }
        configuration.write(own.resolve("config.json"));
    }

    /** Nothing of this machine is seen but what makes names known: of users and of hosts. */
    private void configureImage(
            OciSandbox sandbox,
            SandboxSpec.Image image,
            List<String> command,
            Map<String, String> environment,
            String cgroupPath)
            throws IOException {
        var configuration = new OciConfiguration(image.root(), cgroupPath)
                .firstProcess(command, environment, image.workingDirectory(), sandbox.uid())
                .writable(sandbox.tmp(), sandbox.layout().tmp())
                .readOnly(sandbox.directory().resolve("passwd"), "/etc/passwd")
                .readOnly(rootfs.root().resolve("etc/hosts"), "/etc/hosts");
        var resolver = Path.of("/etc/resolv.conf");
        if (Files.exists(resolver)) {
            configuration.readOnly(resolver.toRealPath(), "/etc/resolv.conf");
        }
        if (settings.seccomp()) {
            configuration.seccomp();
        }
        configuration.write(sandbox.directory().resolve("config.json"));
    }

    private static void showLater(LateRoots roots, Sandbox.Layout layout, OciConfiguration configuration) {
        configuration.following(roots.task().directory(), layout.taskRoot());
        if (roots.layers() != null) {
            configuration.following(roots.layers().directory(), layout.layers());
        }
    }

    /** Comes before what is mounted inside: an interpreter may live below the root of layers. */
    private static void show(SandboxSpec spec, Sandbox.Layout layout, OciConfiguration configuration) {
        configuration.readOnly(spec.code(), layout.taskRoot());
        if (spec.layers() != null) {
            configuration.readOnly(spec.layers(), layout.layers());
        }
    }

    /** What is seen read-only in this sandbox apart from programs and code. */
    private List<Mount> ownMounts(OciSandbox sandbox) throws IOException {
        var spec = sandbox.spec();
        var mounts = new ArrayList<Mount>();
        mounts.add(new Mount(sandbox.directory().resolve("passwd"), "/etc/passwd"));
        mounts.add(new Mount(spec.runtimes(), sandbox.layout().runtimeRoot()));
        if (!(spec.snapshots() instanceof Snapshots.None)) {
            mounts.add(new Mount(sandbox.handover(), "/var/kappa"));
        }
        sandbox.ownHosts().ifPresent(hosts -> mounts.add(new Mount(hosts, "/etc/hosts")));
        var resolver = Path.of("/etc/resolv.conf");
        if (Files.exists(resolver)) {
            mounts.add(new Mount(resolver.toRealPath(), "/etc/resolv.conf"));
        }
        mounts.addAll(rootfs.mountPointsFor(spec.hostPaths()));
        return mounts;
    }

    /** All that of this machine is seen in a sandbox, without what the OCI runtime or CRIU make themselves. */
    List<Mount> mounts(OciSandbox sandbox) throws IOException {
        var mounts = new ArrayList<>(rootfs.mounts());
        mounts.add(new Mount(sandbox.spec().code(), sandbox.layout().taskRoot()));
        if (sandbox.spec().layers() != null) {
            mounts.add(new Mount(sandbox.spec().layers(), sandbox.layout().layers()));
        }
        mounts.add(new Mount(sandbox.tmp(), sandbox.layout().tmp()));
        mounts.addAll(ownMounts(sandbox));
        return mounts;
    }

    Child startContainer(OciSandbox sandbox, String container, Sandbox.Output output, IntConsumer atEnd)
            throws IOException {
        var command = runtime.run(container, sandbox.directory());
        return namespace.call(() -> Child.start(command, poller, output, sandbox.uid(), atEnd));
    }

    Child startInside(OciSandbox sandbox, String container, Path process, Sandbox.Output output) throws IOException {
        var command = runtime.execute(container, sandbox.directory(), process);
        return namespace.call(() -> Child.start(command, poller, output, sandbox.uid(), _ -> {}));
    }

    /** Whether the OCI runtime knows the container by now. It does so a moment after the container's process has begun. */
    boolean knows(OciSandbox sandbox, String container) throws IOException {
        var command = runtime.ask(container, sandbox.directory());
        var asked = namespace.call(() -> Child.start(command, poller, _ -> {}, 0, _ -> {}));
        boolean known = asked.ended().join().code() == 0;
        if (!known) {
            OciRuntime.takeComplaints(sandbox.directory()); // Of having been asked too early.
        }
        return known;
    }

    OciRuntime runtime() {
        return runtime;
    }

    /** Takes back what {@link #create} gave, from a sandbox in which nothing runs. */
    void closed(OciSandbox sandbox) {
        try {
            disks.unmount(sandbox.tmp());
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("environmentId", sandbox.spec().environmentId())
                    .setCause(e)
                    .log("/tmp could not be unmounted");
        }
        sandbox.cgroup().remove();
        SandboxDirectory.remove(sandbox.directory());
        users.giveBack(sandbox.uid());
        sandboxes.remove(sandbox);
    }

    @Override
    public void close() {
        sandboxes.forEach(Sandbox::kill); // all at once, then wait for each
        sandboxes.forEach(OciSandbox::close);
        parts.close();
        directory.close();
    }
}
