package io.kappa.worker.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Memory as Linux tells of it. Not every kernel keeps figures of pressure. Where not even the available memory is told, there is always
 * enough.
 *
 * @param proc the directory {@code /proc}
 */
record LinuxMemory(Path proc) implements MachineMemory {
    private static final Pattern AVAILABLE_KILOBYTES =
            Pattern.compile("^MemAvailable:\\s+(\\d+) kB$", Pattern.MULTILINE);
    private static final Pattern STALLED_PERCENT = Pattern.compile("^some avg10=(\\d+\\.\\d+) ", Pattern.MULTILINE);

    @Override
    public Reading read() {
        double kilobytes = figure("meminfo", AVAILABLE_KILOBYTES, Double.MAX_VALUE);
        return new Reading((long) (kilobytes / 1024), figure("pressure/memory", STALLED_PERCENT, 0));
    }

    private double figure(String file, Pattern figure, double otherwise) {
        try {
            var found = figure.matcher(Files.readString(proc.resolve(file)));
            return found.find() ? Double.parseDouble(found.group(1)) : otherwise;
        } catch (IOException e) {
            return otherwise; // Some kernels have the file and refuse to be asked.
        }
    }
}
