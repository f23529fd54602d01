package io.kappa.worker.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the {@code config.json} of the OCI runtime specification. Memory, CPU and processes are not in it: they are limits of the group
 * above the one that the runtime makes, see {@link Cgroups}.
 */
final class OciConfiguration {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int OPEN_FILES = 1024;

    /**
     * What runs as process 1: starts the runtime as another and ends as it does. The kernel keeps from process 1 the signals that it
     * has no handler for, also those that it sends to itself, so a runtime in that place could neither abort nor be asked to end. The
     * shell itself is silent, or it would print "Killed" into the function's log.
     */
    private static final String INIT = "exec 3>&2 2>/dev/null; (exec 2>&3 3>&-; exec \"$@\"); exit $?";

    /** The id inside of what a container image starts. */
    static final int FIRST_PID = 1;

    /** What runs beside process 1 needs nobody above it. */
    private static final String FURTHER = "exec \"$@\"";

    /** The runtime's id inside: the first that process 1 starts. */
    static final int RUNTIME_PID = 2;

    /** System calls for administering a machine, tracing the kernel, or making more namespaces to attack it from. */
    private static final List<String> REFUSED = List.of(
            "acct",
            "add_key",
            "bpf",
            "delete_module",
            "finit_module",
            "fsconfig",
            "fsmount",
            "fsopen",
            "fspick",
            "init_module",
            "io_uring_enter",
            "io_uring_register",
            "io_uring_setup",
            "kexec_file_load",
            "kexec_load",
            "keyctl",
            "lookup_dcookie",
            "mount",
            "mount_setattr",
            "move_mount",
            "name_to_handle_at",
            "nfsservctl",
            "open_by_handle_at",
            "open_tree",
            "perf_event_open",
            "pivot_root",
            "quotactl",
            "quotactl_fd",
            "reboot",
            "request_key",
            "setns",
            "swapoff",
            "swapon",
            "syslog",
            "umount",
            "umount2",
            "unshare",
            "userfaultfd");

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final long CLONE_NEWUSER = 0x10000000;

    /** Architectures whose system calls are let through, by Java's names of them: the machine's own alone. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "SCMP_ARCH_X86_64", "aarch64", "SCMP_ARCH_AARCH64");

    private final ObjectNode root = MAPPER.createObjectNode();
    private final ArrayNode mounts = MAPPER.createArrayNode();

    OciConfiguration(Path rootfs, String cgroupPath) {
        root.put("ociVersion", "1.0.2");
        root.putObject("root").put("path", rootfs.toString()).put("readonly", true);
        root.put("hostname", "sandbox");
        root.set("mounts", mounts);
        mount("proc", "proc", "/proc", List.of("nosuid", "noexec", "nodev"));
        mount("tmpfs", "tmpfs", "/dev", List.of("nosuid", "noexec", "mode=755", "size=64k"));

        var linux = root.putObject("linux");
        linux.put("cgroupsPath", cgroupPath);
        var namespaces = linux.putArray("namespaces");
        for (var type : List.of("pid", "mount", "ipc", "uts")) {
            namespaces.addObject().put("type", type);
        }
        texts(
                linux.putArray("maskedPaths"),
                List.of(
                        "/proc/acpi",
                        "/proc/kcore",
                        "/proc/keys",
                        "/proc/latency_stats",
                        "/proc/sched_debug",
                        "/proc/scsi",
                        "/proc/timer_list",
                        "/proc/timer_stats"));
        texts(
                linux.putArray("readonlyPaths"),
                List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"));
    }

    OciConfiguration process(List<String> command, Map<String, String> environment, String directory, int uid) {
        return firstProcess(shelled(INIT, command, environment), environment, directory, uid);
    }

    /** What is process 1 itself, as that of a container image expects to be: there may be no shell. */
    OciConfiguration firstProcess(List<String> command, Map<String, String> environment, String directory, int uid) {
        describe(root.putObject("process"), command, environment, directory, uid);
        return this;
    }

    /** Writes how a further process in a container is to be: with no more rights than the first, and none above it. */
    static void writeFurther(
            Path file, List<String> command, Map<String, String> environment, String directory, int uid)
            throws IOException {
        var process = MAPPER.createObjectNode();
        describe(process, shelled(FURTHER, command, environment), environment, directory, uid);
        Files.write(file, MAPPER.writeValueAsBytes(process));
    }

    private static List<String> shelled(String script, List<String> command, Map<String, String> environment) {
        // OCI runtimes add a HOME where there is none, as Lambda does not.
        var whole = environment.containsKey("HOME") ? script : "unset HOME; " + script;
        return Stream.concat(Stream.of("/bin/sh", "-c", whole, "init"), command.stream())
                .toList();
    }

    private static void describe(
            ObjectNode process, List<String> command, Map<String, String> environment, String directory, int uid) {
        process.put("terminal", false);
        process.putObject("user").put("uid", uid).put("gid", OciRootfs.GROUP);
        texts(process.putArray("args"), command);
        var variables = process.putArray("env");
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        process.put("cwd", directory);
        process.put("noNewPrivileges", true);
        var capabilities = process.putObject("capabilities");
        for (var set : List.of("bounding", "effective", "permitted", "inheritable", "ambient")) {
            capabilities.putArray(set);
        }
        var limits = process.putArray("rlimits");
        limits.addObject().put("type", "RLIMIT_NOFILE").put("soft", OPEN_FILES).put("hard", OPEN_FILES);
        limits.addObject().put("type", "RLIMIT_CORE").put("soft", 0).put("hard", 0);
    }

    OciConfiguration readOnly(Path source, String destination) {
        mount(source.toString(), "bind", destination, List.of("rbind", "ro", "nosuid", "nodev", "rprivate"));
        return this;
    }

    /** Read-only as well; what is mounted at the source later shows inside. Nothing else that is mounted later does. */
    OciConfiguration following(Path source, String destination) {
        root.withObject("/linux").put("rootfsPropagation", "rslave");
        mount(source.toString(), "bind", destination, List.of("rbind", "ro", "nosuid", "nodev", "rslave"));
        return this;
    }

    OciConfiguration writable(Path source, String destination) {
        mount(source.toString(), "bind", destination, List.of("bind", "rw", "nosuid", "nodev", "private"));
        return this;
    }

    /** Refuses what functions have no use for. Does nothing on a machine whose name for its own architecture is not known here. */
    OciConfiguration seccomp() {
        var architecture = ARCHITECTURES.get(System.getProperty("os.arch", ""));
        if (architecture == null) {
            return this;
        }
        var seccomp = root.withObject("/linux").putObject("seccomp");
        seccomp.put("defaultAction", "SCMP_ACT_ALLOW");
        seccomp.putArray("architectures").add(architecture); // each further one costs milliseconds at every start
        var rules = seccomp.putArray("syscalls");
        texts(refusal(rules, EPERM).putArray("names"), REFUSED);
        var clone = refusal(rules, EPERM);
        clone.putArray("names").add("clone");
        clone.putArray("args")
                .addObject()
                .put("index", 0)
                .put("value", CLONE_NEWUSER)
                .put("valueTwo", CLONE_NEWUSER)
                .put("op", "SCMP_CMP_MASKED_EQ");
        // Its flags are in memory, where no filter can see them; C libraries fall back to clone.
        refusal(rules, ENOSYS).putArray("names").add("clone3");
        return this;
    }

    private static ObjectNode refusal(ArrayNode rules, int errno) {
        return rules.addObject().put("action", "SCMP_ACT_ERRNO").put("errnoRet", errno);
    }

    void write(Path file) throws IOException {
        Files.write(file, MAPPER.writeValueAsBytes(root));
    }

    private void mount(String source, String type, String destination, List<String> options) {
        var mount = mounts.addObject();
        mount.put("destination", destination).put("type", type).put("source", source);
        texts(mount.putArray("options"), options);
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
