package io.kappa.worker.sandbox;

import io.kappa.worker.sandbox.OciRootfs.Mount;
import io.kappa.worker.sandbox.Posix.Status;
import io.kappa.worker.sandbox.SandboxSpec.Snapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what runs in containers, and makes containers of what was written down. The latter are no OCI runtime's: CRIU makes their
 * namespaces and mounts, of which each is told what of this machine is to be seen there now.
 */
final class OciImages implements Sandboxes.Images {
    private static final Logger LOG = LoggerFactory.getLogger(OciImages.class);
    private static final long PATIENCE_SECONDS = 60;
    private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom", "tty");
    private static final Map<String, String> DEVICE_LINKS =
            Map.of("fd", "", "stdin", "/0", "stdout", "/1", "stderr", "/2");

    private final MountNamespace namespace;
    private final FdPoller poller;
    private final SandboxUsers users;
    private final Criu criu;
    private final Path root;
    private final Path devices;
    private final Path nothing;
    private final String platform;

    /** @param own a directory for what all restored containers have in common */
    private OciImages(
            Criu criu,
            String setup,
            MountNamespace namespace,
            FdPoller poller,
            SandboxUsers users,
            OciRootfs rootfs,
            Path own)
            throws IOException {
        this.criu = criu;
        this.namespace = namespace;
        this.poller = poller;
        this.users = users;
        this.root = Files.createDirectories(own.resolve("root"));
        this.devices = Files.createDirectories(own.resolve("devices"));
        this.nothing = Files.createDirectories(own.resolve("nothing"));
        this.platform = String.join(
                " ",
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
                // Clocks of processes go on from where they were, which another boot's do not.
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
                run("criu --version", criu.version(own), Spawn.NONE).replaceAll("\\s+", " "),
                setup);
        namespace.call(() -> {
            Linux.mount(rootfs.root().toString(), root, null, Linux.MS_BIND, null);
            Linux.mount("none", root, null, Linux.MS_REMOUNT | Linux.MS_BIND | Linux.MS_RDONLY, null);
            Linux.mount("tmpfs", devices, "tmpfs", Linux.MS_NOSUID, "mode=755,size=64k");
            for (var link : DEVICE_LINKS.entrySet()) {
                Files.createSymbolicLink(devices.resolve(link.getKey()), Path.of("/proc/self/fd" + link.getValue()));
            }
            return true;
        });
        var sources = DEVICES.stream().map(name -> Path.of("/dev", name)).toList();
        copy(sources, devices);
    }

    /**
     * Finds CRIU and tries it out, since it must match the kernel.
     *
     * @param setup what images depend on of how sandboxes are made here
     * @return empty where it is not here, or does not work, which the log says
     */
    static Optional<OciImages> open(
            String program,
            String setup,
            OciSandboxes sandboxes,
            MountNamespace namespace,
            FdPoller poller,
            SandboxUsers users,
            OciRootfs rootfs,
            Path own) {
        var found = Programs.find(program);
        if (found.isEmpty()) {
            LOG.atDebug().addKeyValue("criu", program).log("no snapshots: not found");
            return Optional.empty();
        }
        try {
            var images = new OciImages(Criu.of(found.get()), setup, namespace, poller, users, rootfs, own);
            images.tryOut(sandboxes, own);
            return Optional.of(images);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("criu", found.get())
                    .addKeyValue("reason", e.getMessage())
                    .log("snapshots do not work here");
            return Optional.empty();
        }
    }

    private void tryOut(OciSandboxes sandboxes, Path own) throws IOException {
        var directory = own.resolve("trial");
        SandboxDirectory.remove(directory);
        var code = nothing;
        var printed = new ByteArrayOutputStream();
        SandboxImage image;
        try (var sandbox = sandboxes.create(
                new SandboxSpec("image-trial", code, null, code, List.of(), 128, 512, new Snapshots.Taken()))) {
            var waits = "echo waits; until [ -e " + Sandbox.RESTORED + " ]; do sleep 0.01; done; echo goes on";
            var _ = sandbox.start(List.of("/bin/sh", "-c", waits), Map.of(), printed::writeBytes);
            awaitText(sandbox, printed, "waits");
            image = sandbox.checkpoint(directory, this);
        }
        try (var sandbox = sandboxes.create(
                new SandboxSpec("image-trial", code, null, code, List.of(), 128, 512, new Snapshots.Restored(image)))) {
            var exit = sandbox.restore(Map.of(), printed::writeBytes, this)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            if (exit.code() != 0 || !printed.toString(StandardCharsets.UTF_8).contains("goes on")) {
                throw new IOException("a trial came to " + exit + ": " + printed);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("a trial failed", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            remove(image);
        }
    }

    private static void awaitText(OciSandbox sandbox, ByteArrayOutputStream printed, String text) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!printed.toString(StandardCharsets.UTF_8).contains(text)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("a trial did not get to its point: " + printed);
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            sandbox.drainOutput();
        }
    }

    @Override
    public String platform() {
        return platform;
    }

    @Override
    public SandboxImage adopt(Path directory) throws IOException {
        var image = SandboxImage.read(directory);
        users.share(image.uid());
        return image;
    }

    @Override
    public void remove(SandboxImage image) {
        SandboxDirectory.remove(image.directory());
        users.giveBack(image.uid());
    }

    /** Writes down what runs in the container, and waits until nothing of it runs any more. */
    SandboxImage take(OciSandbox sandbox, Path directory, CompletionStage<?> end) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.createDirectory(SandboxImage.processes(directory));
        Files.createDirectory(SandboxImage.tmp(directory));
        try {
            int first = firstProcess(sandbox);
            var output = Files.readSymbolicLink(Path.of("/proc", Integer.toString(first), "fd", "1"));
            var image = new SandboxImage(directory, sandbox.uid(), output.toString(), mounts(first));
            run("taking a snapshot", criu.dump(first, sandbox.uid(), image), Spawn.NONE);
            await(end);
            copy(content(sandbox.tmp()), SandboxImage.tmp(directory));
            image.write();
            users.share(image.uid());
            return image;
        } catch (IOException | RuntimeException e) {
            SandboxDirectory.remove(directory);
            throw e;
        }
    }

    private static int firstProcess(OciSandbox sandbox) throws IOException {
        return sandbox.cgroup().processes().stream()
                .filter(pid -> ProcFiles.status(pid)
                        .filter(status -> status.innerPid() == 1)
                        .isPresent())
                .findFirst()
                .orElseThrow(() -> new IOException("nothing runs that a snapshot could be taken of"));
    }

    /** Where something is seen from outside: CRIU makes the rest itself. */
    private static List<String> mounts(int pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Integer.toString(pid), "mountinfo")).stream()
                .map(line -> line.split(" - ", 2))
                .filter(line -> !line[1].startsWith("proc "))
                .map(line -> line[0].split(" ")[4])
                .filter(mount -> !mount.equals("/"))
                .toList();
    }

    /** Puts in place what was in {@code /tmp}. */
    void fill(SandboxImage image, Path tmp) throws IOException {
        copy(content(SandboxImage.tmp(image.directory())), tmp);
    }

    private List<Path> content(Path directory) throws IOException {
        return namespace.call(() -> {
            var found = new ArrayList<Path>();
            try (var entries = Files.newDirectoryStream(directory)) {
                entries.forEach(found::add);
            }
            return found;
        });
    }

    private void copy(List<Path> sources, Path target) throws IOException {
        if (sources.isEmpty()) {
            return;
        }
        var arguments = new ArrayList<>(List.of("cp", "--archive", "--sparse=always", "--target-directory=" + target));
        sources.forEach(source -> arguments.add(source.toString()));
        run("copying files", new Spawn.Command(arguments, Map.of("PATH", "/usr/bin:/bin"), Path.of("/")), Spawn.NONE);
    }

    /**
     * Makes the processes of an image run in a sandbox.
     *
     * @param mounted what of this machine is to be seen where
     */
    Child restore(
            OciSandbox sandbox,
            SandboxImage image,
            List<Path> groups,
            List<Mount> mounted,
            Sandbox.Output output,
            IntConsumer atEnd)
            throws IOException {
        var sources = new LinkedHashMap<String, Path>();
        for (var mount : image.mounts()) {
            sources.put(mount, source(mount, mounted));
        }
        var pidFile = Criu.pidFile(sandbox.directory());
        Files.deleteIfExists(pidFile);
        var command = criu.restore(image, groups, root, sources, sandbox.directory());
        return Child.with(output, sandbox.uid(), poller, atEnd, end -> {
            run("restoring a snapshot", command, end);
            return Integer.parseInt(Files.readString(pidFile).strip());
        });
    }

    private Path source(String mount, List<Mount> mounted) throws IOException {
        if (mount.equals("/dev")) {
            return devices;
        }
        if (mount.startsWith("/proc/")) { // Hidden by the OCI runtime.
            return Files.isDirectory(Path.of(mount)) ? nothing : Path.of("/dev/null");
        }
        return mounted.stream()
                .filter(one -> Path.of(mount).startsWith(one.destination()))
                .max(Comparator.comparingInt(one -> one.destination().length()))
                .map(one -> one.source().resolve(Path.of(one.destination()).relativize(Path.of(mount))))
                .orElseThrow(() -> new IOException("nothing is there any more for " + mount));
    }

    /** Runs a program to its end; returns what it has printed. */
    private String run(String what, Spawn.Command command, int further) throws IOException {
        var printed = new ByteArrayOutputStream();
        var child = namespace.call(() -> Child.start(command, poller, printed::writeBytes, 0, further, _ -> {}));
        Status status;
        try {
            status = child.ended().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            child.signal(Posix.SIGKILL);
            throw new IOException(what + " took too long", e);
        } catch (InterruptedException e) {
            child.signal(Posix.SIGKILL);
            throw interrupted(e);
        }
        var text = printed.toString(StandardCharsets.UTF_8).strip();
        if (status.code() != 0 || status.signal() != 0) {
            throw new IOException(what + " failed: " + text);
        }
        return text;
    }

    private static void await(CompletionStage<?> end) throws IOException {
        try {
            end.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("what was written down still runs", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }
}
