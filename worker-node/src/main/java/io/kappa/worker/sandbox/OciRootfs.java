package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The root that all sandboxes of a worker share, read-only: empty directories to mount at, links as on this machine, and an {@code /etc}
 * with no more than programs need. Programs and libraries are the machine's own, mounted from there.
 */
final class OciRootfs {
    private static final List<String> PROGRAM_DIRECTORIES =
            List.of("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32");
    private static final List<String> MOUNT_POINTS =
            List.of("proc", "dev", "tmp", "opt", "var/task", "var/runtime", "var/lang", "var/kappa", "etc");
    /** Files that are copied, because replacing them on the machine must not take them from running sandboxes. */
    private static final List<String> COPIED =
            List.of("etc/ld.so.cache", "etc/localtime", "etc/mime.types", "etc/services");
    /** What interpreters look for below {@code /etc}: certificates, and where links from {@code /usr} lead to. */
    private static final List<String> MOUNTED =
            List.of("etc/ssl", "etc/pki", "etc/ca-certificates", "etc/crypto-policies", "etc/alternatives");

    static final int GROUP = 990;

    private final Path root;
    private final List<Mount> mounts = new ArrayList<>();

    /** Something of this machine to be seen at a path inside. */
    record Mount(Path source, String destination) {}

    private OciRootfs(Path root) {
        this.root = root;
    }

    /** Makes it anew, in a directory that is removed first. */
    static OciRootfs make(Path root) throws IOException {
        SandboxDirectory.remove(root);
        var rootfs = new OciRootfs(root);
        rootfs.directory("");
        for (var name : MOUNT_POINTS) {
            rootfs.directory(name);
        }
        rootfs.addPrograms();
        rootfs.addConfiguration();
        return rootfs;
    }

    private void addPrograms() throws IOException {
        for (var name : PROGRAM_DIRECTORIES) {
            var host = Path.of("/", name);
            if (Files.isSymbolicLink(host)) {
                Files.createSymbolicLink(root.resolve(name), Files.readSymbolicLink(host));
            } else if (Files.isDirectory(host)) {
                mountDirectory(host);
            }
        }
    }

    private void addConfiguration() throws IOException {
        file("etc/passwd", "");
        file("etc/resolv.conf", "");
        file("etc/group", "root:x:0:\nsbx_user1051:x:" + GROUP + ":\n");
        file("etc/hosts", "127.0.0.1 localhost sandbox sandbox.localdomain\n::1 localhost\n");
        file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        for (var name : COPIED) {
            var host = Path.of("/", name);
            if (Files.isRegularFile(host)) {
                Files.copy(host, root.resolve(name)); // follows links
                Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
            }
        }
        for (var name : MOUNTED) {
            if (Files.isDirectory(Path.of("/", name), LinkOption.NOFOLLOW_LINKS)) {
                mountDirectory(Path.of("/", name));
            }
        }
        try (var entries = Files.newDirectoryStream(Path.of("/etc"), "java*")) {
            for (var java : entries) {
                if (Files.isDirectory(java)) {
                    mountDirectory(java); // Distributions keep parts of a JDK there.
                }
            }
        }
    }

    private void mountDirectory(Path host) throws IOException {
        directory(host.toString().substring(1));
        mounts.add(new Mount(host, host.toString()));
    }

    Path root() {
        return root;
    }

    /** What every sandbox mounts. */
    List<Mount> mounts() {
        return mounts;
    }

    /** Makes a place to mount a directory of this machine at the same path, unless it is inside one that is mounted anyway. */
    List<Mount> mountPointsFor(List<Path> hostPaths) throws IOException {
        var needed = new ArrayList<Mount>();
        for (var path : hostPaths) {
            var wanted = path.toAbsolutePath().normalize();
            if (mounts.stream().noneMatch(mount -> wanted.startsWith(mount.destination()))) {
                directory(wanted.toString().substring(1));
                needed.add(new Mount(wanted.toRealPath(), wanted.toString()));
            }
        }
        return needed;
    }

    /** Makes a directory and those above it, open to everybody whatever this process's umask says. */
    private void directory(String name) throws IOException {
        var path = root;
        makeOpen(path);
        if (name.isEmpty()) {
            return;
        }
        for (var part : Path.of(name)) {
            path = path.resolve(part);
            makeOpen(path);
        }
    }

    private static synchronized void makeOpen(Path path) throws IOException {
        if (!Files.exists(path)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void file(String name, String content) throws IOException {
        Files.writeString(root.resolve(name), content);
        Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
    }
}
