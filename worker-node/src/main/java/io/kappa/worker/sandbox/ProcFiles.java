package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What Linux tells of processes in {@code /proc}. Knows nothing where there is no such directory. */
final class ProcFiles {
    private static final Path PROC = Path.of("/proc");
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int START_TIME = 19;

    /**
     * Some of {@code /proc/PID/status}.
     *
     * @param innerPid the process's id in the innermost namespace that it is in
     * @param memoryPeak most memory that it has had at once, in bytes
     */
    record Status(int innerPid, long memoryPeak) {}

    /** Empty where the process has ended. */
    static Optional<Status> status(int pid) {
        try {
            int innerPid = pid;
            long memoryPeak = 0; // what has ended and was not yet reaped has none
            for (var line : Files.readAllLines(PROC.resolve(pid + "/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("NSpid:")) {
                    innerPid = Integer.parseInt(line.substring(line.lastIndexOf('\t') + 1));
                } else if (line.startsWith("VmHWM:")) {
                    memoryPeak =
                            Long.parseLong(line.substring(6, line.length() - 2).trim()) * 1024;
                }
            }
            return Optional.of(new Status(innerPid, memoryPeak));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Id of the process that has started it. */
    static OptionalLong parent(int pid) {
        return statField(pid, PARENT);
    }

    /** When the process was started, in clock ticks since the machine was: with its id, this names it for good. */
    static OptionalLong startTime(int pid) {
        return statField(pid, START_TIME);
    }

    /** Processes of a session, its leader among them. */
    static List<Integer> inSession(int session) {
        var found = new ArrayList<Integer>();
        try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var entry : entries) {
                int pid = Integer.parseInt(entry.getFileName().toString());
                if (statField(pid, SESSION).orElse(-1) == session) {
                    found.add(pid);
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    /** A number of {@code /proc/PID/stat}, counted from the state, which follows the name in parentheses. */
    private static OptionalLong statField(int pid, int index) {
        try {
            var stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return OptionalLong.of(Long.parseLong(fields[index]));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private ProcFiles() {}
}
